import { getRunningLoop, type Seconds } from "@asyncio-ts/core";
import {
  CancelledError,
  Coroutine,
  checkLimits,
  coroutine,
  coroutineOf,
  ensureFuture,
  Future,
  type GeneratorBody,
  isCoroutine,
  type Startable,
} from "@asyncio-ts/tasks";
import { closeUnrun, listAwaitables, type ResultOf } from "./awaitables.ts";
import { abortable } from "./cancel-scope.ts";
import { checkSecondsOrNull } from "./deadline.ts";
import { EndOf } from "./outlast.ts";
import { runWithin, type TimeoutOptions } from "./timeout.ts";
import { timeoutError } from "./timeout-error.ts";

/**
 * Wait for `aw`, but no longer than `timeout` seconds: then it is cancelled, and a `TimeoutError` thrown.
 *
 * That comes only when `aw` has ended. If it ends with an error of its own, or with a value after all, that is what comes.
 * A coroutine and what a function makes run in the current task. The time counts from the moment when this is awaited.
 * With zero or less, what is done gives its result, all other is cancelled, and work that has not begun never does.
 *
 * @param aw - An awaitable, or a function that makes one. A promise cannot be cancelled; it is abandoned.
 * @param timeout - In seconds; `null` for no limit.
 * @throws {TypeError} `aw` cannot be awaited, or `timeout` is neither a number nor `null`.
 * @throws {RangeError} `timeout` is NaN.
 * @throws {TimeoutError} The time is over; the `CancelledError` is its `cause`.
 * @throws The reason of `signal`, when that is aborted.
 *
 * ## Cancellation
 * Cancels `aw`, and so does an abort of `signal`; with `shield(aw)` it goes on. If `aw` was done in the same turn, its
 * result is not lost: it is still in the future.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-task.html#asyncio.wait_for}
 *
 * @example
 * await waitFor(sleep(1, "in time"), 5) // => "in time"
 * await waitFor(sleep(60), 5).catch((error) => error.message) // => "waitFor() timed out after 5 s"
 */
export function waitFor<A extends Startable<unknown>>(
  aw: A,
  timeout: Seconds | null,
  options: TimeoutOptions = {},
): Coroutine<ResultOf<A>> {
  listAwaitables("waitFor", [aw]);
  try {
    checkSecondsOrNull("waitFor", "a timeout", timeout);
    checkLimits("waitFor", options);
  } catch (error) {
    closeUnrun([aw]);
    throw error;
  }
  return waitLimited(aw, timeout, options) as Coroutine<ResultOf<A>>;
}

const waitLimited = coroutine(function waitFor(
  aw: Startable<unknown>,
  timeout: Seconds | null,
  { signal }: TimeoutOptions,
) {
  if (signal?.aborted) giveUp(aw, signal.reason);
  const steps = timeout !== null && timeout <= 0 ? takeNow(aw, timeout) : takeWithin(aw, timeout);
  return abortable("waitFor", signal, steps);
});

function takeWithin(aw: Startable<unknown>, timeout: Seconds | null): GeneratorBody<unknown> {
  const since = getRunningLoop().time();
  return runWithin({ caller: "waitFor", since, when: timeout === null ? null : since + timeout }, () => begin(aw));
}

/** What to wait for in the current task. */
function begin(aw: Startable<unknown>): Coroutine<unknown> | GeneratorBody<unknown> | Future<unknown> {
  if (typeof aw === "function") return coroutineOf(aw);
  return isCoroutine(aw) ? aw : ensureFuture(aw);
}

function* takeNow(aw: Startable<unknown>, timeout: Seconds): GeneratorBody<unknown> {
  const future = ensureFuture(aw);
  if (future.done()) return future.result();
  yield* cancelAndWait(future);
  try {
    return future.result();
  } catch (error) {
    throw error instanceof CancelledError ? timeoutError("waitFor", timeout, error) : error;
  }
}

/** Not by waiting for the future itself: it may refuse to be cancelled, but the wait must not. */
function* cancelAndWait(future: Future<unknown>): GeneratorBody<void> {
  const end = new EndOf(future, future.loop);
  try {
    future.cancel();
    yield* end;
  } finally {
    future.removeWaiter(end);
  }
}

/** The wait is over before it has begun: what it would have cancelled later is cancelled now. */
function giveUp(aw: Startable<unknown>, reason: unknown): void {
  if (aw instanceof Future) aw.cancel(reason);
  else if (aw instanceof Coroutine) aw.close();
}
