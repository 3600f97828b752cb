import { RuntimeError } from "@asyncio-ts/contextvars";
import type { Future } from "./future.ts";

/** Resumes what waits: an iterator that a strand drives. */
export type Steps<T> = Iterator<Suspension, T, unknown>;

/**
 * What a coroutine hands to its task where it suspends: what it waits on, or `undefined` to pause for one turn.
 *
 * Only `yield*` of an awaitable makes one; user code has no use for it.
 */
export type Suspension = FutureWait | PromiseWait | undefined;

/** A generator that a task can run: what a `function*` with `yield*` returns. */
export type GeneratorBody<T> = Generator<Suspension, T, unknown>;

const rest: IteratorResult<never, void> = { done: true, value: undefined };

/**
 * The wait for a future: suspends unless it is done, then answers its result.
 *
 * An iterator by hand, for it is made at every `yield*` and a generator costs three times as much.
 */
export class FutureWait<T = unknown> implements Steps<T> {
  readonly future: Future<T>;
  /** Where the wait began; only in debug mode. */
  readonly awaitedAt: string | undefined;
  #suspended = false;

  constructor(future: Future<T>, awaitedAt: string | undefined) {
    this.future = future;
    this.awaitedAt = awaitedAt;
  }

  next(): IteratorResult<Suspension, T> {
    if (this.future.done()) return { done: true, value: this.future.result() };
    // Only a task waits between two steps; `for (const x of future)` would go round for ever.
    if (this.#suspended)
      throw new RuntimeError(`Cannot go on before ${this.future.toString()} is done; use yield* in a coroutine`);
    this.#suspended = true;
    return { done: false, value: this as FutureWait };
  }

  throw(error: unknown): IteratorResult<Suspension, T> {
    throw error;
  }

  return(): IteratorResult<Suspension, T> {
    return rest as IteratorResult<Suspension, T>;
  }
}

/**
 * The wait for the promise of a native body: no turn passes, the coroutine goes on when the promise settles.
 *
 * The strand answers it with the value, by `next`, or with the error, by `throw`.
 */
export class PromiseWait<T = unknown> implements Steps<T> {
  readonly promise: PromiseLike<T>;
  #waiting = false;

  constructor(promise: PromiseLike<T>) {
    this.promise = promise;
  }

  next(value?: unknown): IteratorResult<Suspension, T> {
    if (this.#waiting) return { done: true, value: value as T };
    this.#waiting = true;
    return { done: false, value: this as PromiseWait };
  }

  throw(error: unknown): IteratorResult<Suspension, T> {
    throw error;
  }

  return(): IteratorResult<Suspension, T> {
    return rest as IteratorResult<Suspension, T>;
  }
}
