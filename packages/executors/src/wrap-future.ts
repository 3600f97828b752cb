import { show } from "@asyncio-ts/contextvars";
import type { Runnable, Scheduler } from "@asyncio-ts/core";
import { Future } from "@asyncio-ts/tasks";
import { ExecutorFuture } from "./executor-future.ts";

/**
 * A future of a loop that settles as an executor future does.
 *
 * What the job gives after the loop was closed is dropped.
 *
 * @param future - A future of an executor; a future of a loop is returned as it is.
 * @throws {TypeError} `future` is neither.
 * @throws {RuntimeError} No loop is given and none is running.
 *
 * ## Cancellation
 * Goes both ways: cancelling the future that is returned cancels the job, which is asked to stop if it runs already; and
 * a job that was cancelled cancels it.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-future.html#asyncio.wrap_future}
 *
 * @example
 * const job = new ExecutorFuture<number>();
 * const future = wrapFuture(job);
 * job.setResult(42);
 * await future // => 42
 */
export function wrapFuture<T>(
  future: ExecutorFuture<T> | Future<T>,
  options: { readonly loop?: Scheduler | undefined } = {},
): Future<T> {
  if (future instanceof Future) return future;
  if (!(future instanceof ExecutorFuture)) {
    throw new TypeError(`wrapFuture() needs the future of an executor, not ${show(future)}`);
  }
  const wrapper = new Future<T>({ loop: options.loop });
  wrapper.addWaiter(new CancelForward(wrapper, future));
  future.addDoneCallback(() => copyOutcome(future, wrapper));
  return wrapper;
}

/** Brings a cancellation of the wrapper to the job. */
class CancelForward implements Runnable {
  readonly #wrapper: Future<unknown>;
  readonly #job: Pick<ExecutorFuture<unknown>, "cancel">;

  constructor(wrapper: Future<unknown>, job: Pick<ExecutorFuture<unknown>, "cancel">) {
    this.#wrapper = wrapper;
    this.#job = job;
  }

  run(): void {
    if (this.#wrapper.cancelled()) this.#job.cancel(this.#wrapper.cancelMessage());
  }

  runWithoutLoop(): void {
    this.run();
  }
}

function copyOutcome<T>(job: ExecutorFuture<T>, wrapper: Future<T>): void {
  if (wrapper.done()) {
    if (wrapper.cancelled()) job.failure(); // nobody wants it any more
    return;
  }
  if (job.cancelled()) {
    wrapper.cancel(job.cancelReason());
    return;
  }
  if (wrapper.loop.isClosed()) return;
  const failure = job.failure();
  if (failure === null) wrapper.setResult(job.result());
  else wrapper.setException(failure.error);
}
