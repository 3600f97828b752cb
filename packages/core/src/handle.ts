import { type Carrier, type Context, capture, type Frame } from "@asyncio-ts/contextvars";
import { captureStack } from "./debug.ts";
import { nameOf } from "./name-of.ts";
import type { Callback, Runnable, Scheduler } from "./scheduler.ts";
import { showAsString } from "./show-as-string.ts";

/**
 * A callback that waits for its turn, and the means to call it off.
 *
 * It runs in its own context and is the owner of its flow: code that it calls is in the loop, but in no task. Foreign
 * AsyncLocalStorages are in it as they were when the handle was made. What it throws goes to the exception handler of the
 * loop. If it returns a promise, the next handle runs once the microtasks are drained; nobody waits for the promise, so
 * its rejection is an unhandled one.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.Handle}
 *
 * @example
 * const handle = loop.callSoon(function fetchPage() {});
 * String(handle) // => "<Handle fetchPage()>"
 * handle.cancel();
 * handle.cancelled() // => true
 */
export class Handle implements Runnable, Frame {
  /** The loop that the handle was made for. */
  readonly loop: Scheduler;
  /** The context in which the callback runs. */
  readonly context: Context;
  /** Where the callback was scheduled; only in debug mode. */
  readonly createdAt: string | undefined;
  readonly #carrier: Carrier;
  #callback: Callback<never[]> | null;
  #args: readonly unknown[];

  static {
    showAsString(this);
  }

  /**
   * Handles are made by `callSoon`, `callLater` and `callAt`; a layer that keeps callbacks of its own makes one for each,
   * and gives it to `loop.schedule` when its time has come.
   */
  constructor(loop: Scheduler, callback: Callback<never[]>, args: readonly unknown[], context: Context) {
    this.loop = loop;
    this.context = context;
    this.#callback = callback;
    this.#args = args;
    this.createdAt = loop.getDebug() ? captureStack() : undefined;
    this.#carrier = capture(this);
  }

  /** A handle is the owner of the flow that it starts. */
  get owner(): this {
    return this;
  }

  /**
   * Never run the callback; once it has run, without effect. The callback and its arguments are let go at once.
   *
   * The handle itself keeps its place in the queue, and is passed over when that comes up.
   */
  cancel(): void {
    this.#callback = null;
    this.#args = [];
  }

  /** Whether `cancel()` was called. */
  cancelled(): boolean {
    return this.#callback === null;
  }

  /** The context in which the callback runs. */
  getContext(): Context {
    return this.context;
  }

  /** Whether this handle, not cancelled, calls `callback`. */
  calls(callback: Callback<never[]>): boolean {
    return this.#callback === callback;
  }

  /** Run the callback, unless cancelled; the loop does that. */
  run(): void {
    if (this.#callback !== null) this.#carrier.runInAsyncScope(this.invoke, this);
  }

  /** @internal Run the callback, in its flow; its errors go to the exception handler. */
  invoke(): void {
    try {
      const result = this.#callback?.(...(this.#args as never[]));
      if (isThenable(result)) this.loop.drainMicrotasks();
    } catch (exception) {
      this.loop.callExceptionHandler({ message: `Exception in callback ${this.describe()}`, exception, handle: this });
    }
  }

  /** @internal What is called, for messages. */
  describe(): string {
    return this.#callback === null ? "cancelled" : `${nameOf(this.#callback)}()`;
  }

  /** Names the callback; in debug mode, tells where it was scheduled as well. */
  toString(): string {
    const [site] = this.createdAt?.split("\n") ?? [];
    const origin = site === undefined ? "" : ` created at ${site.trim().replace(/^at /, "")}`;
    return `<${this.constructor.name} ${this.describe()}${origin}>`;
  }
}

function isThenable(value: unknown): boolean {
  return typeof value === "object" && value !== null && "then" in value;
}
