import { capture, copyContext } from "@asyncio-ts/contextvars";
import type { Cancellable, Host, Seconds } from "@asyncio-ts/core";
import { runMicrotasks } from "./node-microtasks.ts";

/** Longer timers overflow in Node and would fire at once; they are armed again on the way. */
const longestTimer: Seconds = 24 * 3600;

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
export class NodeHost implements Host {
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

  drainMicrotasks(): boolean {
    return runMicrotasks();
  }

  afterIo(callback: () => void): void {
    this.#flow.runInAsyncScope(setImmediate, undefined, callback);
  }

  /** Never early, at most a millisecond late; a time that is infinitely far away keeps the process up for ever. */
  wakeAt(time: Seconds, callback: () => void): Cancellable {
    return this.#flow.runInAsyncScope(() => new Alarm(this, time, callback), undefined);
  }

  /** Node says `beforeExit` when nothing is left that could wake it. */
  whenStuck(callback: () => void): Cancellable {
    if (this.#sleepers.size === 0) process.on("beforeExit", this.#beforeExit);
    this.#sleepers.add(callback);
    return { cancel: () => this.#forget(callback) };
  }

  /**
   * Tell one at a time: what follows from its failure may wake the others. Node comes back here only if something has kept
   * it busy, so an immediate does: for those that are still asleep then, and for those that have gone to sleep again.
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

/**
 * A timer of any length that never fires early.
 *
 * Node counts whole milliseconds, from the time at which it last looked at its clock. So the delay is rounded up, as
 * CPython does for its selector, and a timer that fired early all the same is armed again. To spin through the last part
 * of a millisecond would be exact, but costs a whole processor while a program sleeps for a millisecond at a time.
 */
class Alarm implements Cancellable {
  readonly #host: NodeHost;
  readonly #time: Seconds;
  readonly #callback: () => void;
  #timer: NodeJS.Timeout;

  constructor(host: NodeHost, time: Seconds, callback: () => void) {
    this.#host = host;
    this.#time = time;
    this.#callback = callback;
    this.#timer = this.#arm();
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }

  #arm(): NodeJS.Timeout {
    const left = Math.min(this.#time - this.#host.now(), longestTimer);
    return setTimeout(this.#fire, Math.ceil(left * 1000));
  }

  readonly #fire = (): void => {
    if (this.#host.now() < this.#time) this.#timer = this.#arm();
    else this.#callback();
  };
}
