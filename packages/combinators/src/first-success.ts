import { getRunningLoop } from "@asyncio-ts/core";
import { type Coroutine, checkLimits, coroutine, type GeneratorBody, type Startable } from "@asyncio-ts/tasks";
import {
  type Awaitables,
  type ConcurrencyLimit,
  closeUnrun,
  gateOf,
  listAwaitables,
  type ResultOf,
  startAll,
} from "./awaitables.ts";
import { abortable } from "./cancel-scope.ts";
import { Contest } from "./contest.ts";
import { ExceptionGroup } from "./exception-group.ts";
import type { Gate } from "./gate.ts";

/** What ends a `firstSuccess()` early, and how much of it runs at a time. */
export interface FirstSuccessOptions extends ConcurrencyLimit {
  /** Cancels everything when it is aborted; the reason is thrown once all have ended. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Wait for the first of several things that succeeds: `Promise.any`, but the others do not go on behind your back.
 *
 * They are cancelled, and it returns when all of them have ended: nothing is left that still runs. Whoever is cancelled
 * alone has failed. A promise cannot be cancelled; it is abandoned.
 *
 * @param aws - Awaitables, and functions that make them; at least one. They begin when it is awaited.
 * @throws {TypeError} `aws` is not an iterable of awaitables, or is a single one; or an option is of the wrong type.
 * @throws {RangeError} `aws` is empty; `limit` is no whole number above 0; when it is awaited: a future belongs to another
 * loop.
 * @throws {ExceptionGroup} All have failed: their errors, in the order of `aws`.
 *
 * ## Cancellation
 * Cancels everything and waits for its end, then goes on; a success that comes meanwhile is lost. An abort of `signal`
 * does the same and throws its reason.
 *
 * @see {@link https://developer.mozilla.org/en-US/docs/Web/JavaScript/Reference/Global_Objects/Promise/any}
 *
 * @example
 * const failing = async () => {
 *   throw new Error("no route");
 * };
 * await firstSuccess([failing, () => sleep(2, "slow"), () => sleep(1, "fast")]) // => "fast"
 */
export function firstSuccess<A extends Startable<unknown>>(
  aws: Iterable<A>,
  options: FirstSuccessOptions = {},
): Coroutine<ResultOf<A>> {
  const list = listAwaitables("firstSuccess", aws);
  try {
    if (list.length === 0) throw new RangeError("firstSuccess() needs at least one awaitable, and was given none");
    checkLimits("firstSuccess", options);
    return contend(list, gateOf("firstSuccess", options, "success"), options.signal) as Coroutine<ResultOf<A>>;
  } catch (error) {
    closeUnrun(list);
    throw error;
  }
}

const contend = coroutine(function* firstSuccess(aws: Awaitables, gate: Gate | null, signal: AbortSignal | undefined) {
  if (signal?.aborted) closeUnrun(aws);
  return yield* abortable("firstSuccess", signal, contestSteps(aws, gate));
});

function* contestSteps(aws: Awaitables, gate: Gate | null): GeneratorBody<unknown> {
  const loop = getRunningLoop();
  const contest = new Contest(loop);
  for (const future of startAll(aws, loop, { gate })) contest.enter(future);
  yield* contest.untilOver();
  if (contest.winner !== null) return contest.winner.value;
  throw new ExceptionGroup("Nothing has succeeded in firstSuccess()", contest.errors);
}
