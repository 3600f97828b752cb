import type { Cancellable, Seconds } from "@asyncio-ts/core";

/** Longer timers overflow in JavaScript and would fire at once; they are armed again on the way. */
const longestTimer: Seconds = 24 * 3600;

/** What a timer is set by. */
interface Clock {
  now(): Seconds;
}

/**
 * A timer of any length that never fires early.
 *
 * JavaScript counts whole milliseconds, from the time at which it last looked at its clock. So the delay is rounded up, as
 * CPython does for its selector, and a timer that fired early all the same is armed again. To spin through the last part
 * of a millisecond would be exact, but costs a whole processor while a program sleeps for a millisecond at a time.
 */
export class Alarm implements Cancellable {
  readonly #clock: Clock;
  readonly #time: Seconds;
  readonly #callback: () => void;
  #timer: ReturnType<typeof setTimeout>;
  #holdsProcess = true;

  constructor(clock: Clock, time: Seconds, callback: () => void) {
    this.#clock = clock;
    this.#time = time;
    this.#callback = callback;
    this.#timer = this.#arm();
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }

  /** Do not keep the process alive; in a page there is none. */
  unref(): void {
    this.#holdsProcess = false;
    this.#timer.unref?.();
  }

  #arm(): ReturnType<typeof setTimeout> {
    const left = Math.min(this.#time - this.#clock.now(), longestTimer);
    return setTimeout(this.#fire, Math.ceil(left * 1000));
  }

  readonly #fire = (): void => {
    if (this.#clock.now() >= this.#time) return this.#callback();
    this.#timer = this.#arm();
    if (!this.#holdsProcess) this.unref();
  };
}
