import { getRunningLoop, type Seconds } from "@asyncio-ts/core";
import { Coroutine, coroutine, reused } from "./coroutine.ts";
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

const sleepUntilDue = coroutine(function* sleep<T>(delay: Seconds, result: T) {
  const loop = getRunningLoop();
  const due = new Future<T>({ loop });
  const timer = loop.callLater(delay, setResultUnlessDone, due as Future<unknown>, result);
  try {
    return yield* due;
  } finally {
    timer.cancel();
  }
});

function setResultUnlessDone(future: Future<unknown>, result: unknown): void {
  if (!future.done()) future.setResult(result);
}

/**
 * One turn: the coroutine of `sleep(0)`.
 *
 * Nothing is suspended as often, so it takes its steps itself, and is not watched for being dropped unawaited.
 */
class Pause<T> extends Coroutine<T> implements Steps<T> {
  readonly #result: T;
  #state: "made" | "begun" | "paused" = "made";

  constructor(result: T) {
    super();
    this.#result = result;
  }

  override get name(): string {
    return "sleep";
  }

  override [Symbol.iterator](): Steps<T> {
    if (this.#state !== "made") throw reused(this);
    this.#state = "begun";
    return this;
  }

  override close(): void {
    this.#state = "begun";
  }

  next(): IteratorResult<Suspension, T> {
    if (this.#state === "paused") return { done: true, value: this.#result };
    this.#state = "paused";
    return oneTurn;
  }

  throw(error: unknown): IteratorResult<Suspension, T> {
    throw error;
  }

  return(value: T): IteratorResult<Suspension, T> {
    return { done: true, value };
  }
}

const oneTurn: IteratorYieldResult<undefined> = { done: false, value: undefined };
