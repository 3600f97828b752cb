import { show } from "@asyncio-ts/contextvars";
import type { Scheduler } from "@asyncio-ts/core";
import { Coroutine, isGenerator, isPromiseLike } from "./coroutine.ts";
import { createTask } from "./create-task.ts";
import { Future } from "./future.ts";
import { Suspendable } from "./suspendable.ts";
import type { GeneratorBody } from "./suspension.ts";
import type { Task, Work } from "./task.ts";

/** What may be awaited or scheduled. */
export type Awaitable<T> = Future<T> | Task<T> | Coroutine<T> | GeneratorBody<T> | PromiseLike<T>;

/** What may be started: an awaitable, or a function that makes one. */
export type Startable<T> = Awaitable<T> | Work<T>;

/**
 * Whether `value` is a future; a task is one.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-future.html#asyncio.isfuture}
 */
export function isFuture(value: unknown): value is Future<unknown> {
  return value instanceof Future;
}

/**
 * Make a future of an awaitable: a future is returned as it is, work becomes a task, a promise is wrapped.
 *
 * A promise cannot be cancelled: cancelling its wrapper abandons it, and whatever it settles to is ignored.
 *
 * @throws {TypeError} `awaitable` cannot be awaited.
 * @throws {RangeError} `options.loop` is given, and the future belongs to another loop.
 * @throws {RuntimeError} No loop is given and none is running.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-future.html#asyncio.ensure_future}
 *
 * @example
 * await ensureFuture(Promise.resolve(1)) // => 1
 */
export function ensureFuture<T>(
  awaitable: Startable<T>,
  options: { readonly loop?: Scheduler | undefined } = {},
): Future<T> {
  if (awaitable instanceof Future) return ofLoop(awaitable, options.loop);
  if (typeof awaitable === "function" || awaitable instanceof Coroutine || isGenerator(awaitable)) {
    return createTask(awaitable as Work<T>, options);
  }
  if (awaitable instanceof Suspendable && awaitable.futureOn !== undefined) return awaitable.futureOn(options.loop);
  if (isPromiseLike(awaitable)) return wrapPromise(awaitable as PromiseLike<T>, new Future<T>(options));
  throw new TypeError(`Cannot await ${show(awaitable)}; a future, a coroutine, a promise or a function was expected`);
}

function ofLoop<T>(future: Future<T>, loop: Scheduler | undefined): Future<T> {
  if (loop === undefined || loop === future.loop) return future;
  throw new RangeError(`${future.toString()} belongs to another loop than the one given`);
}

function wrapPromise<T>(promise: PromiseLike<T>, future: Future<T>): Future<T> {
  Promise.resolve(promise).then(
    (value) => {
      if (!future.done()) future.setResult(value);
    },
    (error) => {
      if (!future.done()) future.setException(error);
    },
  );
  return future;
}
