import { show } from "@asyncio-ts/contextvars";
import type { Cancellable, Host, Seconds } from "../host.ts";
import { macrotask } from "./macrotask.ts";

/**
 * A host whose time stands still while anything is ready, and jumps to the next deadline when nothing is.
 *
 * Sleeps cost nothing, and a program takes the same course each time. Nothing outside the loop is waited for: a loop
 * that sleeps without a deadline is stuck at once.
 *
 * @see {@link https://github.com/python/cpython/blob/main/Lib/test/test_asyncio/utils.py}
 *
 * @example
 * const host = new VirtualHost();
 * const loop = new BaseEventLoop(host);
 * loop.callLater(3600, () => loop.stop());
 * await loop.runForever();
 * loop.time() // => 3600
 */
export class VirtualHost implements Host {
  #now: Seconds;

  /** @param start - What the clock shows at first. */
  constructor(start: Seconds = 0) {
    this.#now = start;
  }

  now(): Seconds {
    return this.#now;
  }

  afterMicrotasks(callback: () => void): void {
    macrotask(callback);
  }

  afterIo(callback: () => void): void {
    macrotask(callback);
  }

  wakeAt(time: Seconds, callback: () => void): Cancellable {
    if (time === Number.POSITIVE_INFINITY) return { cancel() {} };
    return cancellable(queueMicrotask, () => {
      this.#now = Math.max(this.#now, time);
      callback();
    });
  }

  whenStuck(callback: () => void): Cancellable {
    return cancellable(macrotask, callback);
  }

  /**
   * Let `seconds` pass while a callback runs, as a callback that blocks its thread does.
   *
   * @throws {RangeError} `seconds` is negative, or no number at all: time never runs backwards.
   *
   * @example
   * const host = new VirtualHost();
   * host.advance(5);
   * host.now() // => 5
   */
  advance(seconds: Seconds): void {
    if (typeof seconds !== "number" || !(seconds >= 0)) {
      throw new RangeError(`Cannot let ${show(seconds)} seconds pass`);
    }
    this.#now += seconds;
  }
}

function cancellable(schedule: (callback: () => void) => void, callback: () => void): Cancellable {
  let live = true;
  schedule(() => {
    if (live) callback();
  });
  return {
    cancel() {
      live = false;
    },
  };
}
