import type { Cancellable, Seconds } from "@asyncio-ts/core";
import { VirtualHost } from "@asyncio-ts/core/testing";

/** Once in so many looks at the clock somebody is told. */
const looksPerCall = 64;

/** Deadlines closer than this are the same, for the loop as well. */
const resolution: Seconds = 1e-9;

/** How a test's time passes. */
export interface TestHostOptions {
  /** The time that is never passed: who would is told to `onLimit`. */
  readonly limit: Seconds;
  readonly onLimit: () => void;
  /** Called again and again as long as the clock is looked at, which a loop that is busy does all the time. */
  readonly onLooks: () => void;
  /** Real seconds to wait for the outside before time jumps. */
  readonly patience: Seconds;
}

/**
 * The virtual host of a test.
 *
 * When its loop falls asleep, those who wait for that are told first. Then time jumps to the next deadline, unless that
 * lies beyond the limit.
 */
export class TestHost extends VirtualHost {
  #limit: Seconds;
  readonly #onLimit: () => void;
  readonly #onLooks: () => void;
  readonly #patience: Seconds;
  #sleepers: (() => void)[] = [];
  #looks = 0;
  /** Whether a time is known at which the loop goes on. */
  #alarmIsSet = false;

  constructor({ limit, onLimit, onLooks, patience }: TestHostOptions) {
    super();
    this.#limit = limit;
    this.#onLimit = onLimit;
    this.#onLooks = onLooks;
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
    if (++this.#looks === looksPerCall) {
      this.#looks = 0;
      this.#onLooks();
    }
    return super.now();
  }

  override wakeAt(time: Seconds, callback: () => void): Cancellable {
    if (time === Number.POSITIVE_INFINITY) return { cancel() {} };
    this.#alarmIsSet = true;
    const alarm = this.#whenQuiet(() =>
      this.isBeyondLimit(time) ? this.#stopAtLimit() : super.wakeAt(time, callback),
    );
    return {
      cancel: () => {
        this.#alarmIsSet = false;
        alarm.cancel();
      },
    };
  }

  override whenStuck(callback: () => void): Cancellable {
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
