/**
 * What the combinators are given: several things to wait for.
 *
 * Everything is checked before anything is started, and what is refused leaves nothing behind: no work that runs
 * unobserved, and no coroutine that is reported as never awaited.
 */

import { show } from "@asyncio-ts/contextvars";
import type { Scheduler } from "@asyncio-ts/core";
import {
  Coroutine,
  ensureFuture,
  Future,
  type GeneratorBody,
  isCoroutine,
  type Startable,
  type Task,
} from "@asyncio-ts/tasks";
import { type Ended, Gate } from "./gate.ts";

/** What a thing to wait for gives when it is done; of a function, what the work gives that it makes. */
export type ResultOf<A> =
  A extends Future<infer T>
    ? T
    : A extends Coroutine<infer T>
      ? T
      : A extends Generator<unknown, infer T, never>
        ? T
        : A extends (...args: never[]) => infer Made
          ? ResultOf<Made>
          : Awaited<A>;

/** The future of a thing to wait for: itself if it is one, a task for work, and a wrapper for a promise. */
export type FutureOf<A> =
  A extends Future<unknown>
    ? A
    : A extends Coroutine<unknown> | GeneratorBody<unknown> | ((...args: never[]) => unknown)
      ? Task<ResultOf<A>>
      : Future<ResultOf<A>>;

/** Things to wait for, checked. */
export type Awaitables = readonly Startable<unknown>[];

/**
 * Take down what `aws` holds.
 *
 * @throws {TypeError} `aws` is not an iterable of awaitables, or is a single awaitable.
 */
export function listAwaitables(caller: string, aws: unknown): Awaitables {
  if (!isCollection(aws)) {
    closeUnrun([aws]);
    throw new TypeError(`${caller}() needs an array of awaitables, not ${show(aws)}`);
  }
  const list = [...aws];
  for (const each of list) {
    if (isStartable(each)) continue;
    closeUnrun(list);
    throw new TypeError(
      `${caller}() cannot wait for ${show(each)}; a future, a coroutine, a promise or a function was expected`,
    );
  }
  return list as Awaitables;
}

/** Futures, coroutines and generators are iterable as well, for `yield*`: each is one awaitable. */
function isCollection(value: unknown): value is Iterable<unknown> {
  if (typeof value !== "object" || value === null || value instanceof Future || isCoroutine(value)) return false;
  return typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] === "function";
}

function isStartable(value: unknown): boolean {
  if (value instanceof Future || typeof value === "function" || isCoroutine(value)) return true;
  return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === "function";
}

/** How to start them. */
interface StartOptions {
  /** Holds back what is to wait for its turn. */
  readonly gate?: Gate | null;
  /** Called with each new future before the next one is made. */
  begun?(future: Future<unknown>): void;
}

/**
 * Make a future of each awaitable, in their order.
 *
 * Something that is given twice has one future. A function is called once for each time it is given, since each call
 * makes work of its own.
 *
 * @throws {RangeError} A future belongs to another loop than `loop`; then nothing was started.
 */
export function startAll(
  aws: Awaitables,
  loop: Scheduler,
  { gate = null, begun }: StartOptions = {},
): Future<unknown>[] {
  const futures: Future<unknown>[] = [];
  const options = { loop };
  try {
    for (const each of aws) if (each instanceof Future) ensureFuture(each, options);
    const known = hasRepeats(aws) ? new Map<unknown, Future<unknown>>() : null;
    for (const each of aws) {
      let future = known?.get(each);
      if (future === undefined) {
        future = ensureFuture(gate === null ? each : gate.hold(each), options);
        if (typeof each !== "function") known?.set(each, future);
        begun?.(future);
      }
      futures.push(future);
    }
    return futures;
  } catch (error) {
    takeBack(aws, futures);
    throw error;
  }
}

/** Nearly always there are none, and to know that costs a third of looking each up in a map. */
function hasRepeats(aws: Awaitables): boolean {
  const repeatable = aws.filter((each) => typeof each !== "function");
  return new Set(repeatable).size < repeatable.length;
}

/** Cancel the tasks that were made for `aws`, and close what is left of it. */
function takeBack(aws: Awaitables, futures: readonly Future<unknown>[]): void {
  for (const [index, future] of futures.entries()) if (future !== aws[index]) future.cancel();
  closeUnrun(aws.slice(futures.length));
}

/** Give up coroutines that will not run, so that they are not reported. */
export function closeUnrun(aws: readonly unknown[]): void {
  for (const each of aws) if (each instanceof Coroutine) each.close();
}

/** How many at a time. */
export interface ConcurrencyLimit {
  /** How much of the work may have begun and not ended; by default all of it. Futures and promises run already, and do not count. */
  readonly limit?: number | undefined;
}

/** The gate that holds work back, if there is a limit. */
export function gateOf(caller: string, { limit }: ConcurrencyLimit, closesAfter?: Ended): Gate | null {
  if (limit === undefined) return null;
  checkLimit(caller, limit);
  return limit === Number.POSITIVE_INFINITY ? null : new Gate(limit, closesAfter);
}

/**
 * Refuse a limit that makes no sense.
 *
 * @throws {TypeError} It is not a number.
 * @throws {RangeError} It is not a whole number above 0, nor Infinity.
 */
export function checkLimit(caller: string, limit: unknown): void {
  if (typeof limit !== "number") throw new TypeError(`${caller}() needs a number as limit, not ${show(limit)}`);
  if (limit >= 1 && (Number.isInteger(limit) || limit === Number.POSITIVE_INFINITY)) return;
  throw new RangeError(`${caller}() needs a whole number above 0 as limit, not ${limit}`);
}
