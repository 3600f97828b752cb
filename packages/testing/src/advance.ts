import { show } from "@asyncio-ts/contextvars";
import type { Seconds } from "@asyncio-ts/core";
import { type Coroutine, coroutine, sleep } from "@asyncio-ts/tasks";
import { runningVirtualLoop } from "./running-virtual-loop.ts";
import { waitAllTasksBlocked } from "./wait-all-tasks-blocked.ts";

/**
 * Let `seconds` of virtual time pass, and everything happen that falls into them.
 *
 * When it returns, all that was due has run as far as it can: as `sleep(seconds)`, then `waitAllTasksBlocked()`.
 *
 * ## Cancellation
 * Safe. It leaves no timer behind.
 *
 * @throws {TypeError} `seconds` is not a number.
 * @throws {RangeError} `seconds` is negative, infinite or NaN.
 * @throws {RuntimeError} Called outside of the virtual time of a test.
 *
 * @example
 * await runTest(async (loop) => {
 *   let ticks = 0;
 *   const clock = createTask(async () => {
 *     for (;;) {
 *       await sleep(1);
 *       ticks++;
 *     }
 *   });
 *   await advance(10);
 *   ticks // => 10
 *   clock.cancel();
 * });
 */
export function advance(seconds: Seconds): Coroutine<void> {
  if (typeof seconds !== "number") throw new TypeError(`advance() needs a number of seconds, not ${show(seconds)}`);
  if (!(seconds >= 0 && seconds < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`advance() cannot let ${show(seconds)} seconds pass`);
  }
  runningVirtualLoop("advance()");
  return passTime(seconds);
}

const passTime = coroutine(function* advance(seconds: Seconds) {
  yield* sleep(seconds);
  yield* waitAllTasksBlocked();
});
