import type { Cancellable, Host, Seconds } from "@asyncio-ts/core";

/** Longer timers overflow in Node and would fire at once; they are armed again on the way. */
const longestTimer: Seconds = 24 * 3600;

/** Node's event loop as the host of ours. */
export class NodeHost implements Host {
  now(): Seconds {
    return performance.now() / 1000;
  }

  /** A tick that a microtask asks for runs after all microtasks, before any I/O. */
  afterMicrotasks(callback: () => void): void {
    queueMicrotask(() => process.nextTick(callback));
  }

  afterIo(callback: () => void): void {
    setImmediate(callback);
  }

  wakeAt(time: Seconds, callback: () => void): Cancellable {
    return new Alarm(this, time, callback);
  }

  /** Node says `beforeExit` when nothing is left that could wake it. */
  whenStuck(callback: () => void): Cancellable {
    process.once("beforeExit", callback);
    return { cancel: () => void process.removeListener("beforeExit", callback) };
  }
}

/** A timer of any length that never fires early. */
class Alarm implements Cancellable {
  readonly #host: NodeHost;
  readonly #time: Seconds;
  readonly #callback: () => void;
  #timer: NodeJS.Timeout | null = null;
  #immediate: NodeJS.Immediate | null = null;

  constructor(host: NodeHost, time: Seconds, callback: () => void) {
    this.#host = host;
    this.#time = time;
    this.#callback = callback;
    this.#arm();
  }

  cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#immediate !== null) clearImmediate(this.#immediate);
  }

  readonly #arm = (): void => {
    const left = this.#time - this.#host.now();
    if (left > 0.001) this.#timer = setTimeout(this.#arm, Math.floor(Math.min(left, longestTimer) * 1000));
    else if (left > 0)
      this.#immediate = setImmediate(this.#arm); // Node counts whole milliseconds: the rest is spun
    else this.#immediate = setImmediate(this.#callback);
  };
}
