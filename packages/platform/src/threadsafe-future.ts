import { show } from "@asyncio-ts/contextvars";
import type { Seconds } from "@asyncio-ts/core";
import { ExecutorFuture, type FutureSource } from "@asyncio-ts/executors";
import { TimeoutError } from "@asyncio-ts/tasks";

/** What a future of another thread's loop needs to know of the way there. */
export interface ThreadsafeSource extends FutureSource {
  /** Block this thread until the reply is there; answers whether it came in time. */
  wait(timeout: Seconds): boolean;
}

/**
 * The result to come of a coroutine on the loop of another thread.
 *
 * Awaited as any future, or waited for by `result()`, which blocks this thread.
 *
 * ## Cancellation
 * `cancel()` counts at once on this side, and the task on the other side is cancelled as soon as its loop hears of it.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-task.html#asyncio.run_coroutine_threadsafe}
 */
export class ThreadsafeFuture<T> extends ExecutorFuture<T> {
  readonly #source: ThreadsafeSource;

  /** @internal */
  constructor(source: ThreadsafeSource) {
    super(source);
    this.#source = source;
  }

  /**
   * The result; blocks this thread until it is there.
   *
   * @param timeout - In seconds; `null` waits for ever.
   * @throws {TimeoutError} There is no result after `timeout`. The coroutine goes on.
   * @throws {CancelledError} The future was cancelled, or the task.
   * @throws {RuntimeError} The loop is closed, its thread has ended, it is that of this thread, or this thread cannot block;
   * or the arguments cannot be read there, or the result here, being nested deeper than the stack of the thread.
   * @throws What the coroutine has thrown.
   */
  override result(timeout: Seconds | null = null): T {
    this.#wait(timeout);
    return super.result();
  }

  /** What the coroutine has thrown, or `null`; blocks as `result()` does. */
  override exception(timeout: Seconds | null = null): unknown {
    this.#wait(timeout);
    return super.exception();
  }

  #wait(timeout: Seconds | null): void {
    if (timeout !== null && !(typeof timeout === "number" && timeout >= 0)) {
      throw new RangeError(`A thread cannot wait for ${show(timeout)} seconds`);
    }
    if (this.done() || this.#source.wait(timeout ?? Number.POSITIVE_INFINITY)) return;
    throw new TimeoutError(`The coroutine has not ended within ${timeout} seconds`);
  }
}
