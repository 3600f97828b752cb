import { Context, RuntimeError, show } from "@asyncio-ts/contextvars";
import { loopOfFlow } from "@asyncio-ts/core";
import { Coroutine, coroutine, ensureFuture, type Future, isCoroutine, isFuture, type Work } from "@asyncio-ts/tasks";
import type { EventLoop } from "./event-loop.ts";
import type { RunnerRunOptions } from "./runner.ts";

/** What can be run: work that has not begun, or a future. */
export type MainWork<T> = Work<T> | Future<T>;

/**
 * Refuse a run that makes no sense, before anything is done for it.
 *
 * @throws {RuntimeError} Called inside a running loop.
 * @throws {TypeError} `work` is a promise or cannot be run, or an option is of the wrong type.
 */
export function checkRun(caller: string, work: unknown, options: RunnerRunOptions): void {
  const { context, signal } = options;
  checkMain(caller, work);
  if (context !== undefined && !(context instanceof Context)) {
    throw new TypeError(`${caller} needs a Context as option context, not ${show(context)}`);
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError(`${caller} needs an AbortSignal as option signal, not ${show(signal)}`);
  }
  if (loopOfFlow() !== null) throw new RuntimeError(`${caller} cannot be called from a running event loop`);
}

/** Code that runs already is in no task: it could not be cancelled, and would not find the loop. */
function checkMain(caller: string, work: unknown): asserts work is MainWork<unknown> {
  if (typeof work === "function" || isCoroutine(work) || isFuture(work)) return;
  const isPromise =
    typeof work === "object" && work !== null && typeof (work as { then?: unknown }).then === "function";
  if (isPromise) {
    throw new TypeError(
      `${caller} cannot run a promise, which runs already; pass the function: run(main), not run(main())`,
    );
  }
  throw new TypeError(`${caller} needs a function, a coroutine or a future, not ${show(work)}`);
}

/** The main task must be a task, so that it can be cancelled: a future is awaited in one. */
export function toWork<T>(work: MainWork<T>, loop: EventLoop): Work<T> {
  return isFuture(work) ? (waitFor(ensureFuture(work, { loop })) as Coroutine<T>) : work;
}

const waitFor = coroutine(function* waitFor(future: Future<unknown>) {
  return yield* future;
});

/** Work that was refused will never run: no second complaint about that. */
export function closeUnused(work: unknown): void {
  if (work instanceof Coroutine) work.close();
}
