import { getRunningLoop, type Seconds } from "@asyncio-ts/core";
import { type Body, type Coroutine, coroutine, coroutineOf, type GeneratorBody } from "@asyncio-ts/tasks";
import { abortable } from "./cancel-scope.ts";
import { checkSecondsOrNull } from "./deadline.ts";
import { checkArguments, type TimeoutOptions } from "./timeout.ts";
import { type TimeLimit, Timeout } from "./timeout-scope.ts";

/**
 * As `timeout()`, but without an error: when the time is over, `body` is cancelled, and the task moves on.
 *
 * @param delay - In seconds, from the call; `null` for no limit, which `scope.reschedule()` may set later.
 * @param body - Called as `body(scope)`, in the current task; what it has found so far, it leaves in its variables.
 * @returns What the body returns; `undefined` if it was cut off. Where the body may return that itself,
 * `scope.expired()` tells.
 * @throws {TypeError} `body` is not a function, or `delay` neither a number nor `null`.
 * @throws {RangeError} `delay` is NaN.
 * @throws The error of the body, or the reason of `signal`, when that is aborted.
 *
 * ## Cancellation
 * Cancels the body, and is never taken for the end of the time.
 *
 * @see {@link https://trio.readthedocs.io/en/stable/reference-core.html#trio.move_on_after}
 *
 * @example
 * const pages: number[] = [];
 * await moveOnAfter(3.5, async () => {
 *   for (let page = 1; ; page++) pages.push(await sleep(1, page));
 * });
 * pages // => [1, 2, 3]
 */
export function moveOnAfter<T>(
  delay: Seconds | null,
  body: Body<[Timeout], T>,
  options?: TimeoutOptions,
): Coroutine<T | undefined> {
  checkSecondsOrNull("moveOnAfter", "a delay", delay);
  checkArguments("moveOnAfter", body, options);
  const since = getRunningLoop().time();
  const limit = { caller: "moveOnAfter", since, when: delay === null ? null : since + delay };
  return limited(limit, body, options?.signal) as Coroutine<T | undefined>;
}

/**
 * As `moveOnAfter()`, with a point in time as the limit.
 *
 * @param when - In seconds, on the loop's clock; `null` for no limit.
 * @throws {TypeError} `body` is not a function, or `when` neither a number nor `null`.
 * @throws {RangeError} `when` is NaN.
 *
 * ## Cancellation
 * As of `moveOnAfter()`.
 *
 * @see {@link https://trio.readthedocs.io/en/stable/reference-core.html#trio.move_on_at}
 *
 * @example
 * await moveOnAt(loop.time() + 1, () => sleep(60, "late")) // => undefined
 */
export function moveOnAt<T>(
  when: Seconds | null,
  body: Body<[Timeout], T>,
  options?: TimeoutOptions,
): Coroutine<T | undefined> {
  checkSecondsOrNull("moveOnAt", "a deadline", when);
  checkArguments("moveOnAt", body, options);
  return limited({ caller: "moveOnAt", since: getRunningLoop().time(), when }, body, options?.signal) as Coroutine<
    T | undefined
  >;
}

const limited = coroutine(function moveOnAfter<T>(
  limit: TimeLimit,
  body: Body<[Timeout], T>,
  signal: AbortSignal | undefined,
) {
  return abortable(limit.caller, signal, runOrMoveOn(limit, body));
});

function* runOrMoveOn<T>(limit: TimeLimit, body: Body<[Timeout], T>): GeneratorBody<T | undefined> {
  const scope = new Timeout(limit);
  let value: T;
  try {
    value = yield* coroutineOf(body, scope);
  } catch (error) {
    if (scope.leave(error) === null) throw error;
    return undefined;
  }
  scope.leave();
  return value;
}
