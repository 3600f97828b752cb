import { getRunningLoop, type Scheduler, type TimerHandle } from "@asyncio-ts/core";
import {
  addAbortListener,
  type Coroutine,
  checkLimits,
  coroutine,
  Future,
  removeAbortListener,
  type Startable,
  TimeoutError,
  type WaitLimits,
} from "@asyncio-ts/tasks";
import {
  type Awaitables,
  type ConcurrencyLimit,
  closeUnrun,
  type FutureOf,
  gateOf,
  listAwaitables,
  type ResultOf,
  startAll,
} from "./awaitables.ts";
import type { Gate } from "./gate.ts";

/** Iterates over futures as they are done; each step can be awaited with `await` and with `yield*`. */
export interface CompletedFutures<F> extends AsyncIterableIterator<F> {
  next(): Promise<IteratorResult<F, undefined>> & Coroutine<IteratorResult<F, undefined>>;
  [Symbol.asyncIterator](): CompletedFutures<F>;
}

/** How `asCompleted()` goes about it. */
export interface AsCompletedOptions extends WaitLimits, ConcurrencyLimit {}

/** What `asCompleted()` gives: both ways to iterate. They share one state, and an iteration that was left can be resumed. */
export interface Completions<F, T> {
  /** The futures themselves, as they are done. */
  [Symbol.asyncIterator](): CompletedFutures<F>;
  /** Awaitables, one for each place: each gives the result, or throws the error, of the next one done. */
  [Symbol.iterator](): IterableIterator<Coroutine<T>>;
}

/**
 * Take things in the order in which they are done.
 *
 * With `for await`, the futures themselves: those that were given, and the tasks made of coroutines and functions. With
 * a plain `for`, an awaitable for each place: whichever is awaited first gives the first result. In a generator body,
 * where there is no `for await`, `yield* iterator.next()` does a step.
 *
 * Coroutines and functions become tasks at once, and go on whether or not their turn is taken.
 *
 * @param aws - Awaitables, and functions that make them.
 * @throws {TypeError} `aws` is not an iterable of awaitables, or is a single one; nothing was started.
 * @throws {RangeError} `timeout` is NaN, or a future belongs to another loop; nothing was started.
 * @throws {RuntimeError} No loop is running.
 * @throws The reason of `signal`, if that is aborted already; nothing was started.
 * @throws {TimeoutError} Not here, but in every place that is left when `timeout` seconds have passed.
 *
 * ## Cancellation
 * Safe: a cancelled step takes nothing from the others, and the work goes on. An abort of `signal` throws
 * its reason in every place that is left.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-task.html#asyncio.as_completed}
 *
 * @example
 * const results = [];
 * for await (const task of asCompleted([sleep(0.02, "slow"), sleep(0.01, "fast")])) results.push(task.result());
 * results // => ["fast", "slow"]
 */
export function asCompleted<A extends Startable<unknown>>(
  aws: Iterable<A>,
  options: AsCompletedOptions = {},
): Completions<FutureOf<A>, ResultOf<A>> {
  const list = listAwaitables("asCompleted", aws);
  let loop: Scheduler;
  let gate: Gate | null;
  try {
    checkLimits("asCompleted", options);
    gate = gateOf("asCompleted", options);
    options.signal?.throwIfAborted();
    loop = getRunningLoop();
  } catch (error) {
    closeUnrun(list);
    throw error;
  }
  return new AsCompleted(loop, list, gate, options) as unknown as Completions<FutureOf<A>, ResultOf<A>>;
}

/**
 * Futures go from `#todo` to `#arrived` as they are done, and from there to whoever comes first.
 *
 * A place whose future will not be waited for any more, after a timeout or an abort, arrives as `null`.
 */
class AsCompleted implements Completions<Future<unknown>, unknown> {
  readonly #loop: Scheduler;
  readonly #todo = new Map<Future<unknown>, { run(): void }>();
  readonly #arrived: (Future<unknown> | null)[] = [];
  /** How many of `#arrived` were taken. */
  #taken = 0;
  /** Places that nobody has asked for. */
  #places: number;
  /** Those who wait for an arrival, in the order in which they came. */
  readonly #line = new Set<Future<void>>();
  #errorOfNull: () => unknown = () => new TimeoutError();
  #timer: TimerHandle | null = null;
  #signal: AbortSignal | undefined;

  constructor(loop: Scheduler, aws: Awaitables, gate: Gate | null, { timeout, signal }: WaitLimits) {
    this.#loop = loop;
    for (const future of new Set(startAll(aws, loop, { gate }))) {
      const waiter = { run: () => this.#completed(future) };
      this.#todo.set(future, waiter);
      future.addWaiter(waiter);
    }
    this.#places = this.#todo.size;
    if (this.#places === 0) return;
    if (typeof timeout === "number") this.#timer = loop.callLater(timeout, () => this.#timeOut(timeout));
    this.#signal = signal;
    if (signal !== undefined) addAbortListener(signal, this.#abort);
  }

  [Symbol.asyncIterator](): CompletedFutures<Future<unknown>> {
    const iterator = {
      next: () => nextFuture(this),
      [Symbol.asyncIterator]: () => iterator,
    } as CompletedFutures<Future<unknown>>; // a coroutine is a promise in all but its Symbol.toStringTag
    return iterator;
  }

  [Symbol.iterator](): IterableIterator<Coroutine<unknown>> {
    const iterator: IterableIterator<Coroutine<unknown>> = {
      next: () => (this.claimPlace() ? { done: false, value: nextResult(this) } : { done: true, value: undefined }),
      [Symbol.iterator]: () => iterator,
    };
    return iterator;
  }

  /** Take a place; false if there is none left. */
  claimPlace(): boolean {
    if (this.#places === 0) return false;
    this.#places--;
    return true;
  }

  /** Wait for an arrival. A queue in small: https://github.com/python/cpython/blob/main/Lib/asyncio/queues.py */
  *waitForArrival() {
    while (this.#isEmpty()) {
      const turn = new Future<void>({ loop: this.#loop });
      this.#line.add(turn);
      try {
        yield* turn;
      } catch (error) {
        turn.cancel();
        this.#line.delete(turn);
        // Cancelled although its turn had come: it is the next one's.
        if (!this.#isEmpty() && !turn.cancelled()) this.#wakeNext();
        throw error;
      }
    }
    const future = this.#arrived[this.#taken++];
    if (!future) throw this.#errorOfNull();
    return future;
  }

  #isEmpty(): boolean {
    return this.#taken === this.#arrived.length;
  }

  #completed(future: Future<unknown>): void {
    if (!this.#todo.delete(future)) return; // given up in this very turn
    if (this.#todo.size === 0) this.#stopLimits();
    this.#arrive(future);
  }

  #arrive(future: Future<unknown> | null): void {
    this.#arrived.push(future);
    this.#wakeNext();
  }

  #wakeNext(): void {
    for (const turn of this.#line) {
      this.#line.delete(turn);
      if (turn.done()) continue;
      turn.setResult();
      return;
    }
  }

  #timeOut(timeout: number): void {
    const { size } = this.#todo;
    const message = `asCompleted() timed out after ${timeout} s with ${size} of ${size + this.#arrived.length} pending`;
    this.#giveUp(() => new TimeoutError(message));
  }

  readonly #abort = (): void => this.#giveUp(() => this.#signal?.reason);

  #giveUp(errorOfNull: () => unknown): void {
    this.#errorOfNull = errorOfNull;
    this.#stopLimits();
    for (const [future, waiter] of this.#todo) {
      future.removeWaiter(waiter);
      this.#arrive(null);
    }
    this.#todo.clear();
  }

  #stopLimits(): void {
    this.#timer?.cancel();
    if (this.#signal !== undefined) removeAbortListener(this.#signal, this.#abort);
  }
}

const nextFuture = coroutine(function* asCompleted(completions: AsCompleted) {
  if (!completions.claimPlace()) return { done: true, value: undefined };
  return { done: false, value: yield* completions.waitForArrival() };
});

const nextResult = coroutine(function* asCompleted(completions: AsCompleted) {
  const future = yield* completions.waitForArrival();
  return future.result();
});
