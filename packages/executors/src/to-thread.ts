import { getRunningLoop } from "@asyncio-ts/core";
import { type Coroutine, coroutine } from "@asyncio-ts/tasks";
import { takeContext } from "./context-snapshot.ts";
import { defaultExecutor } from "./default-executor.ts";
import type { ExecutorFuture } from "./executor-future.ts";
import { nameOfJob, refuseClosure } from "./job-name.ts";
import { wrapFuture } from "./wrap-future.ts";

/**
 * Run `fn(...args)` in a thread of the default executor, with a copy of the current context.
 *
 * A context variable gets its value there by its name, so that should be one that nobody else uses, as `"my-app.user"`.
 * Values are copied as arguments are. What cannot be cloned stays behind, and so do the values of several variables with
 * one name; debug mode names them. What the function sets stays in its own context.
 *
 * @param fn - Comes from `workerModule`, `task` or `inline`.
 *
 * ## Cancellation
 * Cancels the job if it has not begun; else the job is asked to stop, and its result is dropped.
 *
 * @throws {TypeError} `fn` is a closure.
 * @throws {RuntimeError} The default executor is shut down.
 * @throws What `fn` throws.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-task.html#asyncio.to_thread}
 *
 * @example
 * const double = inline((n: number) => n * 2);
 * await toThread(double, 21) // => 42
 */
export function toThread<Args extends unknown[], R>(fn: (...args: Args) => R, ...args: Args): Coroutine<Awaited<R>> {
  if (nameOfJob(fn) === undefined) refuseClosure("toThread", fn);
  return runInThread(fn as (...args: unknown[]) => unknown, args) as Coroutine<Awaited<R>>;
}

const runInThread = coroutine(function* toThread(fn: (...args: unknown[]) => unknown, args: readonly unknown[]) {
  const loop = getRunningLoop();
  const job: ExecutorFuture<unknown> = defaultExecutor(loop).submitInContext(fn, args, takeContext("toThread", loop));
  return yield* wrapFuture(job, { loop });
});
