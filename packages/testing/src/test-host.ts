import { RuntimeError } from "@asyncio-ts/contextvars";
import type { Cancellable, Seconds } from "@asyncio-ts/core";
import { VirtualHost } from "@asyncio-ts/core/testing";

/** A program that takes so many looks at a clock that stands still goes round in a circle. */
const looksAtMost = 200_000;

/** Deadlines closer than this are the same, for the loop as well. */
const resolution: Seconds = 1e-9;

/** How a test's time passes. */
export interface TestHostOptions {
  /** The time that is never passed: who would is told to `onLimit`. */
  readonly limit: Seconds;
  readonly onLimit: () => void;
  /** Real seconds to wait for the outside before time jumps. */
  readonly patience: Seconds;
}

/**
 * The virtual host of a test.
 *
 * When its loop falls asleep, those who wait for that are told first. Then time jumps to the next deadline, unless that
 * lies beyond the limit. A loop that never falls asleep while its clock stands still is stopped by an error: it would
 * hold up the test runner as well, whose own timers could not fire.
 */
export class TestHost extends VirtualHost {
  #limit: Seconds;
  readonly #onLimit: () => void;
  readonly #patience: Seconds;
  #sleepers: (() => void)[] = [];
  #looks = 0;
  /** Whether a time is known at which the loop goes on. */
  #alarmIsSet = false;

  constructor({ limit, onLimit, patience }: TestHostOptions) {
    super();
    this.#limit = limit;
    this.#onLimit = onLimit;
    this.#patience = patience;
  }

  /** Move the limit to `seconds` from now. */
  allow(seconds: Seconds): void {
    this.#limit = this.now() + seconds;
  }

  /** Whether `time` is over the limit; what is due with it is not: 0.1 + 0.2 is in time for 0.3. */
  isBeyondLimit(time: Seconds): boolean {
    return time > this.#limit + resolution;
  }

  /** Call `callback` when the loop has nothing to do until time passes, or for ever. */
  whenAsleep(callback: () => void): void {
    this.#sleepers.push(callback);
  }

  override now(): Seconds {
    if (++this.#looks > looksAtMost) {
      this.#looks = 0;
      throw new RuntimeError(
        "The event loop goes round and round while its clock stands still; nothing waits for time",
      );
    }
    return super.now();
  }

  override wakeAt(time: Seconds, callback: () => void): Cancellable {
    this.#looks = 0;
    if (time === Number.POSITIVE_INFINITY) return { cancel() {} };
    this.#alarmIsSet = true;
    const alarm = this.#whenQuiet(() => (this.isBeyondLimit(time) ? this.#stopAtLimit() : super.wakeAt(time, callback)));
    return {
      cancel: () => {
        this.#alarmIsSet = false;
        alarm.cancel();
      },
    };
  }

  override whenStuck(callback: () => void): Cancellable {
    this.#looks = 0;
    this.#alarmIsSet = false;
    return this.#whenQuiet(() =>
      super.whenStuck(() => {
        if (!this.#alarmIsSet) callback();
      }),
    );
  }

  #stopAtLimit(): Cancellable {
    this.advance(Math.max(0, this.#limit - this.now())); // a callback may have gone beyond it by itself
    this.#onLimit();
    return { cancel() {} };
  }

  /** Do the next thing when the outside had its say, and those who wait for sleep have let the loop sleep on. */
  #whenQuiet(next: () => Cancellable): Cancellable {
    let begun: Cancellable | null = null;
    let isCancelled = false;
    this.#afterPatience(() => {
      if (isCancelled) return;
      for (const tell of this.#sleepers.splice(0)) tell();
      if (!isCancelled) begun = next();
    });
    return {
      cancel() {
        isCancelled = true;
        begun?.cancel();
      },
    };
  }

  #afterPatience(callback: () => void): void {
    if (this.#patience > 0) setTimeout(callback, this.#patience * 1000);
    else queueMicrotask(callback);
  }
}
