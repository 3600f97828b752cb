import { show } from "@asyncio-ts/contextvars";
import { getRunningLoop, type Seconds } from "@asyncio-ts/core";
import {
  type Body,
  type Coroutine,
  checkLimits,
  coroutine,
  coroutineOf,
  type Future,
  type GeneratorBody,
} from "@asyncio-ts/tasks";
import { abortable } from "./cancel-scope.ts";
import { checkSecondsOrNull } from "./deadline.ts";
import { insertTimeoutError } from "./timeout-error.ts";
import { type TimeLimit, Timeout } from "./timeout-scope.ts";

/** What ends a timeout apart from its deadline. */
export interface TimeoutOptions {
  /** Cancels the body when it is aborted; the reason of the signal is then thrown. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Run `body` in the current task, but no longer than `delay` seconds: then it is cancelled, and a `TimeoutError` thrown.
 *
 * The time counts from the call. Zero or less lets the body run to its first suspension. The body may catch the
 * `CancelledError` that it is interrupted with: it has all the time it takes to clean up, its own error then wins over the
 * `TimeoutError`, and if it returns a value, nothing is thrown. Without contention, no turn passes.
 *
 * @param delay - In seconds; `null` for no limit, which `scope.reschedule()` may set later.
 * @param body - Called as `body(scope)`.
 * @returns What the body returns.
 * @throws {TypeError} `body` is not a function, or `delay` neither a number nor `null`.
 * @throws {RangeError} `delay` is NaN.
 * @throws {TimeoutError} The time is over, and nothing else has happened; the `CancelledError` is its `cause`.
 * @throws The error of the body. Where its `cause`s lead to a `CancelledError`, a `TimeoutError` is put before that.
 * @throws The reason of `signal`, when that is aborted.
 *
 * ## Cancellation
 * Cancels the body. Of nested timeouts that expire at once, and of a timeout and a cancellation of the task, the outermost
 * is the one that is heard of; the scopes of all tell that they have expired.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-task.html#asyncio.timeout}
 *
 * @example
 * await timeout(5, async () => await sleep(1, "in time")) // => "in time"
 * await timeout(5, () => sleep(60)).catch((error) => error.message) // => "timeout() timed out after 5 s"
 */
export function timeout<T>(delay: Seconds | null, body: Body<[Timeout], T>, options?: TimeoutOptions): Coroutine<T> {
  checkSecondsOrNull("timeout", "a delay", delay);
  checkArguments("timeout", body, options);
  const since = getRunningLoop().time();
  return limited(
    { caller: "timeout", since, when: delay === null ? null : since + delay },
    body,
    options?.signal,
  ) as Coroutine<T>;
}

/**
 * As `timeout()`, with a point in time as the limit: for a deadline that is shared by several steps.
 *
 * @param when - In seconds, on the loop's clock; `null` for no limit.
 * @throws {TypeError} `body` is not a function, or `when` neither a number nor `null`.
 * @throws {RangeError} `when` is NaN.
 * @throws {TimeoutError} The time has come.
 *
 * ## Cancellation
 * As of `timeout()`.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-task.html#asyncio.timeout_at}
 *
 * @example
 * const deadline = loop.time() + 10;
 * await timeoutAt(deadline, () => sleep(6, "first")) // => "first"
 * await timeoutAt(deadline, () => sleep(6, "second")).catch((error) => error.message) // => "timeoutAt() timed out after 4 s"
 */
export function timeoutAt<T>(when: Seconds | null, body: Body<[Timeout], T>, options?: TimeoutOptions): Coroutine<T> {
  checkSecondsOrNull("timeoutAt", "a deadline", when);
  checkArguments("timeoutAt", body, options);
  return limited({ caller: "timeoutAt", since: getRunningLoop().time(), when }, body, options?.signal) as Coroutine<T>;
}

/** Refuse what is no body, and options that make no sense. */
export function checkArguments(caller: string, body: unknown, options: TimeoutOptions | undefined): void {
  if (typeof body !== "function") throw new TypeError(`${caller}() needs a function, not ${show(body)}`);
  if (options !== undefined) checkLimits(caller, options);
}

const limited = coroutine(function timeout<T>(
  limit: TimeLimit,
  body: Body<[Timeout], T>,
  signal: AbortSignal | undefined,
) {
  const steps = runWithin(limit, (scope) => coroutineOf(body, scope));
  return abortable(limit.caller, signal, steps);
});

/** Take the steps that `begin` makes, within the limit. */
export function* runWithin<T>(
  limit: TimeLimit,
  begin: (scope: Timeout) => Coroutine<T> | GeneratorBody<T> | Future<T>,
): GeneratorBody<T> {
  const scope = new Timeout(limit);
  let value: T;
  try {
    value = yield* begin(scope);
  } catch (error) {
    const cancellation = scope.leave(error);
    if (cancellation !== null) throw scope.timeoutError(cancellation);
    if (scope.expired() && !scope.isCancelled()) insertTimeoutError(error, scope);
    throw error;
  }
  scope.leave();
  return value;
}
