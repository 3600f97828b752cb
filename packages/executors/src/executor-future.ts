import { show } from "@asyncio-ts/contextvars";
import { type Scheduler, showAsString } from "@asyncio-ts/core";
import { CancelledError, type Future, InvalidStateError, type Steps, Suspendable } from "@asyncio-ts/tasks";
import { UnretrievedFailure } from "./unretrieved-failure.ts";
import { wrapFuture } from "./wrap-future.ts";

/** What an executor lends to its future: the job behind it. */
export interface FutureSource {
  /** Keep the job from starting; if it has started, ask it to stop. Answers whether it will not run. */
  cancel(reason: unknown): boolean;
  /** Whether the job has begun. */
  running(): boolean;
}

/** One that waits: a callback, or an `await`. Methods, for else a future of a number were no future of anything. */
type Waiter<T> = ((future: never) => unknown) | { resolve(value: T): void; reject(error: unknown): void };

/**
 *  state       reached by                    result()
 *  pending     construction                  throws InvalidStateError
 *  returned    setResult(value)              value
 *  threw       setException(error)           throws the error
 *  cancelled   cancel() before the start     throws CancelledError
 *
 *  Whether a pending job runs is known to its source alone. Only `pending` can change, and it changes once.
 */
type State<T> =
  | { readonly kind: "pending"; waiters: Waiter<T> | Waiter<T>[] | null }
  | { readonly kind: "returned"; readonly value: T }
  | { readonly kind: "threw"; readonly error: unknown; unretrieved: UnretrievedFailure | null }
  | { readonly kind: "cancelled"; readonly reason: unknown };

/**
 * The result of a job to come: as `concurrent.futures.Future`, it knows no loop.
 *
 * It can be awaited anywhere. A task that awaits it is suspended as by a future of its own loop, and cancelling the task
 * cancels the job. An exception that nobody reads is printed when the future is dropped, or when the program ends.
 *
 * ## Cancellation
 * Cancelling a task that awaits the future cancels the future.
 *
 * @see {@link https://docs.python.org/3/library/concurrent.futures.html#future-objects}
 *
 * @example
 * const future = new ExecutorFuture<number>();
 * future.setResult(42);
 * await future // => 42
 */
export class ExecutorFuture<T> extends Suspendable<T> {
  static {
    showAsString(this);
  }

  #state: State<T> = { kind: "pending", waiters: null };
  readonly #source: FutureSource | null;

  /** @param source - The job behind it; without one, `cancel()` always succeeds. */
  constructor(source: FutureSource | null = null) {
    super();
    this.#source = source;
  }

  /**
   * Keep the job from starting.
   *
   * One that runs already is asked to stop: its signal is aborted. What becomes of the future then is up to the job, if
   * no `gracePeriod` was set.
   *
   * @param reason - Becomes the reason of the `CancelledError`, and of the signal of a job that runs.
   * @returns Whether the job will not run. Exact: `true` means that no line of it was or will be executed.
   */
  cancel(reason?: unknown): boolean {
    if (this.#state.kind === "cancelled") return true;
    if (this.#state.kind !== "pending") return false;
    if (this.#source !== null && !this.#source.cancel(reason)) return false;
    if (this.#state.kind === "pending") this.setCancelled(reason);
    return true;
  }

  /** Whether the job was cancelled. */
  cancelled(): boolean {
    return this.#state.kind === "cancelled";
  }

  /** What `cancel()` was given; `undefined` if the job was not cancelled. */
  cancelReason(): unknown {
    return this.#state.kind === "cancelled" ? this.#state.reason : undefined;
  }

  /** Whether the job runs at this moment. */
  running(): boolean {
    return this.#state.kind === "pending" && this.#source !== null && this.#source.running();
  }

  /** Whether there is a result, an exception or a cancellation. */
  done(): boolean {
    return this.#state.kind !== "pending";
  }

  /**
   * The result.
   *
   * @throws {InvalidStateError} The job is not done.
   * @throws {CancelledError} The job was cancelled.
   * @throws What the job has thrown.
   */
  result(): T {
    const state = this.#state;
    if (state.kind === "pending") throw new InvalidStateError("Cannot read the result of a job that is not done");
    if (state.kind === "returned") return state.value;
    throw this.#retrieve(state);
  }

  /**
   * What the job has thrown, or `null`.
   *
   * @throws {InvalidStateError} The job is not done.
   * @throws {CancelledError} The job was cancelled.
   */
  exception(): unknown {
    const state = this.#state;
    if (state.kind === "pending") throw new InvalidStateError("Cannot read the exception of a job that is not done");
    if (state.kind === "returned") return null;
    const error = this.#retrieve(state);
    if (state.kind === "cancelled") throw error;
    return error;
  }

  /** How the job failed: with an exception or with a `CancelledError`; `null` if it did not fail. */
  failure(): { readonly error: unknown } | null {
    const state = this.#state;
    return state.kind === "pending" || state.kind === "returned" ? null : { error: this.#retrieve(state) };
  }

  /**
   * Call `callback` with the future when it is done; at once if it is done already.
   *
   * Callbacks run in the order in which they were added, in whatever flow has settled the future. What one throws is
   * printed.
   *
   * @throws {TypeError} `callback` is not a function.
   */
  addDoneCallback(callback: (future: this) => unknown): void {
    if (typeof callback !== "function") {
      throw new TypeError(`addDoneCallback() needs a function, not ${show(callback)}`);
    }
    this.#addWaiter(callback);
  }

  /**
   * Set the result; for those who write an executor.
   *
   * @throws {InvalidStateError} The future is already done.
   */
  setResult(value: T): void {
    this.#settle({ kind: "returned", value });
  }

  /**
   * Set the exception; for those who write an executor.
   *
   * @throws {InvalidStateError} The future is already done.
   */
  setException(error: unknown): void {
    this.#settle({ kind: "threw", error, unretrieved: new UnretrievedFailure(this, error) });
  }

  /**
   * Set the cancellation, of a job that has not begun or that stopped when it was asked; for those who write an executor.
   *
   * @throws {InvalidStateError} The future is already done.
   */
  setCancelled(reason?: unknown): void {
    this.#settle({ kind: "cancelled", reason });
  }

  override [Symbol.iterator](): Steps<T> {
    return wrapFuture(this)[Symbol.iterator]();
  }

  /** @internal The future of a loop that stands for this one: what `ensureFuture` makes of it. */
  override futureOn(loop: Scheduler | undefined): Future<T> {
    return wrapFuture(this, { loop });
  }

  override toString(): string {
    const { kind } = this.#state;
    if (kind === "pending") return `<ExecutorFuture ${this.running() ? "running" : "pending"}>`;
    return kind === "cancelled" ? "<ExecutorFuture cancelled>" : `<ExecutorFuture finished ${kind}>`;
  }

  protected override settleOutsideTasks(resolve: (value: T) => void, reject: (error: unknown) => void): void {
    this.#addWaiter({ resolve, reject });
  }

  #addWaiter(waiter: Waiter<T>): void {
    const state = this.#state;
    if (state.kind !== "pending") this.#wake(waiter);
    else if (state.waiters === null) state.waiters = waiter;
    else if (Array.isArray(state.waiters)) state.waiters.push(waiter);
    else state.waiters = [state.waiters, waiter];
  }

  #settle(state: Exclude<State<T>, { kind: "pending" }>): void {
    const before = this.#state;
    if (before.kind !== "pending")
      throw new InvalidStateError(`Cannot settle a job that is already done: ${this.toString()}`);
    this.#state = state;
    const { waiters } = before;
    if (Array.isArray(waiters)) for (const waiter of waiters) this.#wake(waiter);
    else if (waiters !== null) this.#wake(waiters);
  }

  #wake(waiter: Waiter<T>): void {
    if (typeof waiter !== "function") {
      const state = this.#state;
      if (state.kind === "returned") waiter.resolve(state.value);
      else waiter.reject(this.failure()?.error);
      return;
    }
    try {
      (waiter as (future: this) => unknown)(this);
    } catch (error) {
      console.error("A callback of an executor future has thrown", error);
    }
  }

  #retrieve(state: Extract<State<T>, { kind: "threw" | "cancelled" }>): unknown {
    if (state.kind === "cancelled") return new CancelledError(state.reason);
    state.unretrieved?.forgive();
    state.unretrieved = null;
    return state.error;
  }
}
