import { show } from "@asyncio-ts/contextvars";
import { getRunningLoop, type Scheduler, type Seconds, type Timer, type TimerHolder } from "@asyncio-ts/core";
import { Coroutine, coroutine, reused } from "./coroutine.ts";
import { Future, type Outcome } from "./future.ts";
import type { Steps, Suspension } from "./suspension.ts";
import { checkLimits, waitWithin } from "./wait-limits.ts";

/** What else can end a `sleep()`. */
export interface SleepOptions {
  /** Ends the sleep when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Wait for `delay` seconds, then return `result`.
 *
 * Zero or less takes exactly one turn: everything that is ready now runs first.
 *
 * @param delay - In seconds.
 * @throws {TypeError} `delay` is not a number, or `signal` not an AbortSignal.
 * @throws {RangeError} `delay` is NaN.
 * @throws The reason of `options.signal`, when it is aborted or was aborted before.
 *
 * ## Cancellation
 * Safe. A cancelled `sleep()` leaves no timer behind.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-task.html#asyncio.sleep}
 *
 * @example
 * await sleep(0.01, "rested") // => "rested"
 */
export function sleep(delay: Seconds, result?: undefined, options?: SleepOptions): Coroutine<void>;
export function sleep<T>(delay: Seconds, result: T, options?: SleepOptions): Coroutine<T>;
export function sleep<T>(delay: Seconds, result?: T, options?: SleepOptions): Coroutine<T | undefined> {
  if (typeof delay !== "number") throw new TypeError(`sleep() needs a delay in seconds, not ${show(delay)}`);
  if (Number.isNaN(delay)) throw new RangeError("sleep() cannot use NaN as delay");
  if (options?.signal !== undefined) {
    checkLimits("sleep", options);
    return sleepUnlessAborted(delay, result, options);
  }
  return delay <= 0 ? new Pause(result) : sleepUntilDue(delay, result);
}

const sleepUntilDue = coroutine(function sleep<T>(delay: Seconds, result: T): Sleep<T> {
  return new Sleep(getRunningLoop(), delay, result);
});

const sleepUnlessAborted = coroutine(function* sleep<T>(delay: Seconds, result: T, options: SleepOptions) {
  if (delay > 0) return yield* waitWithin("sleep", new Sleep(getRunningLoop(), delay, result), options);
  options.signal?.throwIfAborted();
  yield* new Pause(undefined);
  options.signal?.throwIfAborted();
  return result;
});

/** A future that the clock sets: its own timer, so that a sleep costs one object and leaves nothing behind. */
class Sleep<T> extends Future<T> implements Timer {
  heldBy: TimerHolder | null = null;
  readonly #when: Seconds;
  readonly #result: T;

  constructor(loop: Scheduler, delay: Seconds, result: T) {
    super({ loop });
    this.#when = loop.time() + delay;
    this.#result = result;
    loop.scheduleAt(this);
  }

  when(): Seconds {
    return this.#when;
  }

  isDropped(): boolean {
    return this.done();
  }

  run(): void {
    if (!this.done()) this.setResult(this.#result);
  }

  protected override settle(outcome: Outcome<T>): void {
    super.settle(outcome);
    this.heldBy?.timerDropped();
  }
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
