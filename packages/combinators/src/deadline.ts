import { show } from "@asyncio-ts/contextvars";
import type { Scheduler, Seconds, Timer, TimerHolder } from "@asyncio-ts/core";

/**
 * Calls something when a point in time has come, unless it is dropped before.
 *
 * One that has passed already is met in the next turn, before whatever is scheduled from now on: a timer would wait for
 * the turn after, and what takes a single turn would slip through.
 */
export class Deadline implements Timer {
  heldBy: TimerHolder | null = null;
  readonly #when: Seconds;
  #onReached: (() => void) | null;

  constructor(loop: Scheduler, when: Seconds, onReached: () => void) {
    this.#when = when;
    this.#onReached = onReached;
    if (when <= loop.time()) loop.schedule(this);
    else loop.scheduleAt(this);
  }

  when(): Seconds {
    return this.#when;
  }

  isDropped(): boolean {
    return this.#onReached === null;
  }

  run(): void {
    this.#onReached?.();
  }

  drop(): void {
    if (this.#onReached === null) return;
    this.#onReached = null;
    this.heldBy?.timerDropped();
  }
}

/**
 * Refuse what is neither a number nor null.
 *
 * @param what - What the number is, for the message.
 * @throws {TypeError} `seconds` is neither a number nor null. Not even undefined, for a misspelt option would be no limit.
 * @throws {RangeError} `seconds` is NaN.
 */
export function checkSecondsOrNull(caller: string, what: string, seconds: unknown): void {
  if (Number.isNaN(seconds)) throw new RangeError(`${caller}() cannot use NaN as ${what}`);
  if (seconds === null || typeof seconds === "number") return;
  throw new TypeError(`${caller}() needs ${what} in seconds, or null, not ${show(seconds)}`);
}
