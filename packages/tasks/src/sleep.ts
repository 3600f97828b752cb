import { getRunningLoop, type Seconds } from "@asyncio-ts/core";
import { Coroutine, coroutine } from "./coroutine.ts";
import { Future } from "./future.ts";
import type { Steps, Suspension } from "./suspension.ts";

/**
 * Wait for `delay` seconds, then return `result`.
 *
 * Zero or less takes exactly one turn: everything that is ready now runs first.
 *
 * @param delay - In seconds.
 * @throws {RangeError} `delay` is NaN.
 *
 * ## Cancellation
 * Safe. A cancelled `sleep()` leaves no timer behind.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-task.html#asyncio.sleep}
 *
 * @example
 * await sleep(0.01, "rested") // => "rested"
 */
export function sleep(delay: Seconds): Coroutine<void>;
export function sleep<T>(delay: Seconds, result: T): Coroutine<T>;
export function sleep<T>(delay: Seconds, result?: T): Coroutine<T | undefined> {
  if (typeof delay !== "number") throw new TypeError(`sleep() needs a delay in seconds, not ${String(delay)}`);
  if (Number.isNaN(delay)) throw new RangeError("sleep() cannot use NaN as delay");
  return delay <= 0 ? new Pause(result) : sleepUntilDue(delay, result);
}

const sleepUntilDue = coroutine(sleepBody);

function* sleepBody<T>(delay: Seconds, result: T) {
  const loop = getRunningLoop();
  const due = new Future<T>({ loop });
  const timer = loop.callLater(delay, setResultUnlessDone, due as Future<unknown>, result);
  try {
    return yield* due;
  } finally {
    timer.cancel();
  }
}

function setResultUnlessDone(future: Future<unknown>, result: unknown): void {
  if (!future.done()) future.setResult(result);
}

/** One turn. Its own steps, since nothing is suspended as often. */
class Pause<T> extends Coroutine<T> implements Steps<T> {
  readonly #result: T;
  #paused = false;

  constructor(result: T) {
    super("sleep");
    this.#result = result;
  }

  next(): IteratorResult<Suspension, T> {
    if (this.#paused) return { done: true, value: this.#result };
    this.#paused = true;
    return oneTurn;
  }

  throw(error: unknown): IteratorResult<Suspension, T> {
    throw error;
  }

  return(value: T): IteratorResult<Suspension, T> {
    return { done: true, value };
  }

  protected override begin(): Steps<T> {
    return this;
  }
}

const oneTurn: IteratorYieldResult<undefined> = { done: false, value: undefined };
