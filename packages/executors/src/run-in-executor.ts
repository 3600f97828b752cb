import { show } from "@asyncio-ts/contextvars";
import { loopOrRunning, type Scheduler } from "@asyncio-ts/core";
import type { Future } from "@asyncio-ts/tasks";
import { defaultExecutor } from "./default-executor.ts";
import type { Executor } from "./executor.ts";
import { wrapFuture } from "./wrap-future.ts";

/**
 * Run `fn(...args)` in an executor; the result is a future of `loop`.
 *
 * @param loop - `null` for the running loop.
 * @param executor - `null` for the default executor of the loop, a `ThreadPoolExecutor`.
 * @param fn - Comes from `workerModule`, `task` or `inline`.
 *
 * ## Cancellation
 * Cancelling the future cancels the job if it has not begun; else the job is asked to stop, and its result is dropped.
 *
 * @throws {TypeError} `fn` is a closure, or `executor` is none.
 * @throws {RuntimeError} The executor is shut down, or no loop is running.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.run_in_executor}
 *
 * @example
 * const double = inline((n: number) => n * 2);
 * await runInExecutor(loop, null, double, 21) // => 42
 */
export function runInExecutor<Args extends unknown[], R>(
  loop: Scheduler | null,
  executor: Executor | null,
  fn: (...args: Args) => R,
  ...args: Args
): Future<Awaited<R>> {
  const owner = loopOrRunning(loop ?? undefined);
  const target = executor ?? defaultExecutor(owner);
  if (typeof target.submit !== "function") {
    throw new TypeError(`runInExecutor() needs an executor or null, not ${show(executor)}`);
  }
  return wrapFuture(target.submit(fn, ...args), { loop: owner });
}
