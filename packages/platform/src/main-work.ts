import { Context, RuntimeError } from "@asyncio-ts/contextvars";
import { loopOfFlow } from "@asyncio-ts/core";
import {
  Coroutine,
  coroutine,
  ensureFuture,
  type Future,
  isCoroutine,
  isFuture,
  type Startable,
  type Work,
} from "@asyncio-ts/tasks";
import type { EventLoop } from "./event-loop.ts";
import type { RunnerRunOptions } from "./runner.ts";

/**
 * Refuse a run that makes no sense, before anything is done for it.
 *
 * @throws {RuntimeError} Called inside a running loop.
 * @throws {TypeError} `work` cannot be awaited, or an option is of the wrong type.
 */
export function checkRun(caller: string, work: unknown, options: RunnerRunOptions): void {
  const { context, signal } = options;
  if (!isStartable(work)) {
    throw new TypeError(`${caller} needs a function, a coroutine or another awaitable, not ${String(work)}`);
  }
  if (context !== undefined && !(context instanceof Context)) {
    throw new TypeError(`${caller} needs a Context as option context, not ${String(context)}`);
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError(`${caller} needs an AbortSignal as option signal, not ${String(signal)}`);
  }
  if (loopOfFlow() !== null) throw new RuntimeError(`${caller} cannot be called from a running event loop`);
}

function isStartable(work: unknown): work is Startable<unknown> {
  if (typeof work === "function" || isCoroutine(work) || isFuture(work)) return true;
  return typeof work === "object" && work !== null && typeof (work as { then?: unknown }).then === "function";
}

/** The main task must be a task, so that it can be cancelled: whatever else can be awaited is awaited in one. */
export function toWork<T>(work: Startable<T>, loop: EventLoop): Work<T> {
  if (typeof work === "function" || isCoroutine(work)) return work as Work<T>;
  return waitFor(ensureFuture(work, { loop })) as Coroutine<T>;
}

const waitFor = coroutine(function* waitFor(future: Future<unknown>) {
  return yield* future;
});

/** Work that was refused will never run: no second complaint about that. */
export function closeUnused(work: unknown): void {
  if (work instanceof Coroutine) work.close();
}
