import { capture, copyContext } from "@asyncio-ts/contextvars";
import type { Cancellable, Host, Seconds } from "@asyncio-ts/core";
import { Alarm } from "./alarm.ts";

/**
 * What the hosts of Node, Bun and Deno agree on: ticks, immediates, timers, and a process that ends.
 *
 * One host serves any number of loops. It holds the process only by the timers that loops sleep towards: a program whose
 * loops wait for nothing that can come ends, and its loops are told so before it does.
 */
export abstract class ProcessHost implements Host {
  /** Nobody's flow: whoever wakes a loop must not lend it his context and his task for all turns that follow. */
  readonly #flow = capture({ context: copyContext(), owner: null });
  /** Whom to tell that nothing will ever happen again, in the order in which they went to sleep. */
  readonly #sleepers = new Set<() => void>();

  now(): Seconds {
    return performance.now() / 1000;
  }

  /** A tick that a microtask asks for runs once the microtask queue is empty, before any I/O. */
  afterMicrotasks(callback: () => void): void {
    queueMicrotask(() => process.nextTick(callback));
  }

  /** In place if the runtime lets us, which is cheaper than a tick. */
  abstract drainMicrotasks(): boolean;

  afterIo(callback: () => void): void {
    this.outsideFlows(setImmediate, callback);
  }

  /** Have `schedule` call back in nobody's flow. */
  protected outsideFlows(schedule: (callback: () => void) => unknown, callback: () => void): void {
    this.#flow.runInAsyncScope(schedule, undefined, callback);
  }

  /** Never early, at most a millisecond late; a time that is infinitely far away keeps the process up for ever. */
  wakeAt(time: Seconds, callback: () => void): Cancellable {
    return this.#flow.runInAsyncScope(() => new Alarm(this, time, callback), undefined);
  }

  /** A process says `beforeExit` when nothing is left that could wake it. */
  whenStuck(callback: () => void): Cancellable {
    if (this.#sleepers.size === 0) process.on("beforeExit", this.#beforeExit);
    this.#sleepers.add(callback);
    return { cancel: () => this.#forget(callback) };
  }

  /**
   * Tell one at a time: what follows from its failure may wake the others. The process comes back here only if something
   * has kept it busy, so an immediate does: for those that are still asleep then, and for those that have gone to sleep
   * again.
   */
  readonly #beforeExit = (): void => {
    const [first] = this.#sleepers;
    if (first === undefined) return;
    this.#forget(first);
    setImmediate(() => {});
    first();
  };

  #forget(callback: () => void): void {
    if (this.#sleepers.delete(callback) && this.#sleepers.size === 0) {
      process.removeListener("beforeExit", this.#beforeExit);
    }
  }
}
