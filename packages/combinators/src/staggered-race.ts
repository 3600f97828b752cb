import { show } from "@asyncio-ts/contextvars";
import { getRunningLoop, type Seconds } from "@asyncio-ts/core";
import {
  type Body,
  type Coroutine,
  checkLimits,
  coroutine,
  createTask,
  type GeneratorBody,
  type Task,
} from "@asyncio-ts/tasks";
import { abortable } from "./cancel-scope.ts";
import { Contest } from "./contest.ts";

/** What ends a race early. */
export interface StaggeredRaceOptions {
  /** Cancels everything when it is aborted; the reason is thrown once all have ended. */
  readonly signal?: AbortSignal | undefined;
}

/** How a race has ended. */
export type StaggeredRaceResult<T> = (
  | { readonly value: T; readonly index: number }
  | { readonly value: undefined; readonly index: null }
) & {
  /** For each that was begun, its error: a `CancelledError` for those that have lost, `null` for the winner. */
  readonly errors: readonly unknown[];
};

/**
 * Begin one thing after another until one of them succeeds; the others are cancelled then.
 *
 * The next one begins as soon as the one before it fails, or after `delay` seconds. So connections are opened to the
 * addresses of a host: <https://www.rfc-editor.org/rfc/rfc8305>. It returns when all have ended.
 *
 * @param fns - Functions that make the work. They are taken from the iterable one by one, no sooner than they begin.
 * @param delay - In seconds; `null`: one begins only when the one before it has failed.
 * @returns The value of the winner and its place, or `undefined` and `null` if there is none: it does not throw then.
 * @throws {TypeError} `fns` is not an iterable; `delay` is neither a number nor `null`; or an option is of the wrong type.
 * When it is awaited: something in `fns` is not a function; then all that was begun is cancelled.
 * @throws {RangeError} `delay` is NaN.
 *
 * ## Cancellation
 * Cancels everything and waits for its end, however often it is cancelled meanwhile, then goes on. An abort of `signal`
 * does the same and throws its reason.
 *
 * @see {@link https://github.com/python/cpython/blob/main/Lib/asyncio/staggered.py}
 *
 * @example
 * const slow = () => sleep(10, "slow");
 * const fast = () => sleep(1, "fast");
 * const { value, index, errors } = await staggeredRace([slow, fast], 0.25);
 * value // => "fast"
 * index // => 1
 * errors.map((error) => error instanceof CancelledError) // => [true, false]
 */
export function staggeredRace<T>(
  fns: Iterable<Body<[], T>>,
  delay: Seconds | null,
  options: StaggeredRaceOptions = {},
): Coroutine<StaggeredRaceResult<T>> {
  if (typeof (fns as Partial<typeof fns> | null)?.[Symbol.iterator] !== "function" || typeof fns === "string") {
    throw new TypeError(`staggeredRace() needs an array of functions, not ${show(fns)}`);
  }
  if (delay !== null && typeof delay !== "number") {
    throw new TypeError(`staggeredRace() needs a delay in seconds or null, not ${show(delay)}`);
  }
  if (Number.isNaN(delay)) throw new RangeError("staggeredRace() cannot use NaN as delay");
  checkLimits("staggeredRace", options);
  return race(fns, delay, options.signal) as Coroutine<StaggeredRaceResult<T>>;
}

const race = coroutine(function* staggeredRace<T>(
  fns: Iterable<Body<[], T>>,
  delay: Seconds | null,
  signal: AbortSignal | undefined,
) {
  return yield* abortable("staggeredRace", signal, raceSteps(fns, delay));
});

function* raceSteps<T>(fns: Iterable<Body<[], T>>, delay: Seconds | null): GeneratorBody<StaggeredRaceResult<T>> {
  const contest = new Contest<T>(getRunningLoop());
  try {
    for (const fn of fns) {
      const task = begin(contest, fn);
      yield* untilNext(contest, task, delay);
      if (contest.winner !== null) break;
    }
  } catch (error) {
    yield* contest.giveUp(error);
  }
  yield* contest.untilOver();
  const { winner, errors } = contest;
  if (winner === null) return { value: undefined, index: null, errors };
  return { value: winner.value, index: winner.place, errors };
}

function begin<T>(contest: Contest<T>, fn: Body<[], T>): Task<T> {
  if (typeof fn !== "function") throw new TypeError(`staggeredRace() needs functions, not ${show(fn)}`);
  const place = contest.errors.length;
  const task = createTask(function* (): GeneratorBody<T> {
    const value = yield* coroutine(fn)();
    // In this very step, so that who would succeed later in the turn is cancelled instead.
    contest.succeeded(place, value);
    return value;
  });
  contest.enter(task);
  return task;
}

/** Wait until the next one is to begin; when one has won, `last` is cancelled. */
function* untilNext(contest: Contest<unknown>, last: Task<unknown>, delay: Seconds | null): GeneratorBody<void> {
  let isDue = false;
  const fall = (): void => {
    isDue = true;
    contest.tell();
  };
  const timer = delay === null ? null : last.loop.callLater(delay, fall);
  try {
    while (!isDue && !last.done()) yield* contest.news();
  } finally {
    timer?.cancel();
  }
}
