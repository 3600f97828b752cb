import { runMicrotasks } from "./node-microtasks.ts";
import { ProcessHost } from "./process-host.ts";

/**
 * Node's event loop as the host of ours.
 *
 * One host serves any number of loops. It holds the process only by the timers that loops sleep towards: a program whose
 * loops wait for nothing that can come ends, and its loops are told so before it does.
 *
 * @example
 * const loop = new EventLoop(new NodeHost(), { debug: true });
 * await loop.runUntilComplete(async () => {
 *   await sleep(0.01);
 *   return "done";
 * }) // => "done"
 * loop.close();
 */
export class NodeHost extends ProcessHost {
  override drainMicrotasks(): boolean {
    return runMicrotasks();
  }
}
