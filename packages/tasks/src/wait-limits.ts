import { show } from "@asyncio-ts/contextvars";
import type { Seconds, Timer, TimerHolder } from "@asyncio-ts/core";
import { addAbortListener, removeAbortListener } from "./abort-listeners.ts";
import { TimeoutError } from "./errors.ts";
import type { Future } from "./future.ts";
import type { GeneratorBody } from "./suspension.ts";

/** How long to wait, and until when. */
export interface WaitLimits {
  /** In seconds; `undefined` and `null` are no limit. */
  readonly timeout?: Seconds | null | undefined;
  /** Ends the wait when it is aborted: it fails with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Refuse limits that make no sense.
 *
 * @param caller - The name of the function that was given them, for the message.
 * @throws {TypeError} `timeout` is not a number, or `signal` not an AbortSignal.
 * @throws {RangeError} `timeout` is NaN.
 *
 * @example
 * checkLimits("acquire", { timeout: 5 });
 */
export function checkLimits(caller: string, limits: WaitLimits): void {
  if (typeof limits !== "object" || limits === null) {
    throw new TypeError(`${caller}() needs an object of options, not ${show(limits)}`);
  }
  const { timeout, signal } = limits;
  if (timeout !== undefined && timeout !== null && typeof timeout !== "number") {
    throw new TypeError(`${caller}() needs a timeout in seconds, not ${show(timeout)}`);
  }
  if (Number.isNaN(timeout)) throw new RangeError(`${caller}() cannot use NaN as timeout`);
  if (signal !== undefined && typeof signal?.addEventListener !== "function") {
    throw new TypeError(`${caller}() needs an AbortSignal as signal, not ${show(signal)}`);
  }
}

/**
 * Wait for `future`, but no longer than `limits` allow: then it fails, and with it the wait.
 *
 * For a future that belongs to the wait, as the place of a waiter in a line: whoever settles it later must see that it is
 * done. Nothing stays on the signal, and no timer stays armed, once the wait is over.
 *
 * @param caller - The name of the function that waits, for the message of the `TimeoutError`.
 * @param began - The time of the loop from which `timeout` counts, by default now: for a wait in several parts.
 * @throws {TimeoutError} `timeout` seconds have passed.
 * @throws The reason of the signal, when it is aborted or was aborted before.
 *
 * ## Cancellation
 * Cancels the future.
 *
 * @example
 * const place = new Future<void>();
 * await coroutine(waitWithin)("acquire", place, { timeout: 5 }).catch(String) // => "TimeoutError: acquire() timed out after 5 s"
 */
export function* waitWithin<T>(
  caller: string,
  future: Future<T>,
  limits: WaitLimits,
  began: Seconds = future.loop.time(),
): GeneratorBody<T> {
  const { timeout, signal } = limits;
  signal?.throwIfAborted();
  const timer = typeof timeout === "number" ? new LimitTimer(caller, future, timeout, began) : null;
  const abort = (): void => fail(future, signal?.reason);
  if (signal !== undefined) addAbortListener(signal, abort);
  try {
    return yield* future;
  } finally {
    timer?.drop();
    if (signal !== undefined) removeAbortListener(signal, abort);
  }
}

class LimitTimer implements Timer {
  heldBy: TimerHolder | null = null;
  readonly #caller: string;
  readonly #future: Future<unknown>;
  readonly #timeout: Seconds;
  readonly #when: Seconds;
  #isDropped = false;

  constructor(caller: string, future: Future<unknown>, timeout: Seconds, began: Seconds) {
    this.#caller = caller;
    this.#future = future;
    this.#timeout = timeout;
    this.#when = began + timeout;
    future.loop.scheduleAt(this);
  }

  when(): Seconds {
    return this.#when;
  }

  isDropped(): boolean {
    return this.#isDropped;
  }

  run(): void {
    if (this.#isDropped) return;
    fail(this.#future, new TimeoutError(`${this.#caller}() timed out after ${this.#timeout} s`));
  }

  drop(): void {
    if (this.#isDropped) return;
    this.#isDropped = true;
    this.heldBy?.timerDropped();
  }
}

function fail(future: Future<unknown>, error: unknown): void {
  if (!future.done()) future.setException(error);
}
