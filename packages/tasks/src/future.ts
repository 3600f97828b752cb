import { Context, copyContext, show } from "@asyncio-ts/contextvars";
import { captureStack, Handle, loopOrRunning, type Runnable, type Scheduler, showAsString } from "@asyncio-ts/core";
import type { Complaint } from "./drop-watch.ts";
import { type CancelledError, cancelledError, InvalidStateError } from "./errors.ts";
import { Suspendable } from "./suspendable.ts";
import { FutureWait, type Steps } from "./suspension.ts";
import { failedFutures, Unretrieved } from "./unretrieved.ts";

/**
 *  outcome     reached by             result()                    exception()
 *  null        construction           throws InvalidStateError    throws InvalidStateError
 *  returned    setResult(value)       value                       null
 *  threw       setException(error)    throws error                error
 *  cancelled   cancel(message)        throws CancelledError       throws CancelledError
 *
 *  Only `null` can change, and it changes once. The error of a cancellation is kept for the first who asks, so that
 *  the very error that ended a task reaches whoever awaits it; later ones get new errors.
 */
export type Outcome<T> =
  | { readonly kind: "returned"; readonly value: T }
  | { readonly kind: "threw"; readonly error: unknown }
  | { readonly kind: "cancelled"; readonly message: unknown; error: CancelledError | null };

/** How a future is made. */
export interface FutureOptions {
  /** The loop that runs its callbacks; by default the running one. */
  readonly loop?: Scheduler | undefined;
}

/**
 * A value to come.
 *
 * Awaited with `await` or `yield*`, or watched with `addDoneCallback`. It is a thenable, so promises understand it. An
 * exception that nobody ever reads is reported to the exception handler of the loop.
 *
 * ## Cancellation
 * Cancelling a task that awaits the future cancels the future.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-future.html#asyncio.Future}
 *
 * @example
 * const future = new Future<number>();
 * future.setResult(42);
 * await future // => 42
 */
export class Future<T> extends Suspendable<T> {
  static {
    showAsString(this);
  }

  readonly loop: Scheduler;
  /** Where the future was made; only in debug mode. */
  readonly createdAt: string | undefined;
  #outcome: Outcome<T> | null = null;
  #waiters: Runnable | Runnable[] | null = null;
  #unretrieved: Unretrieved | null = null;

  /** @throws {RuntimeError} No loop is given and none is running. */
  constructor(options: FutureOptions = {}) {
    super();
    this.loop = loopOrRunning(options.loop);
    this.createdAt = this.loop.getDebug() ? captureStack() : undefined;
  }

  /** The loop that runs the callbacks. */
  getLoop(): Scheduler {
    return this.loop;
  }

  /** Whether there is a result, an exception or a cancellation. */
  done(): boolean {
    return this.#outcome !== null;
  }

  /** Whether the future was cancelled. */
  cancelled(): boolean {
    return this.#outcome?.kind === "cancelled";
  }

  /**
   * The message that a new `CancelledError` of this future bears: what `cancel()` was given.
   *
   * `undefined` as well after the `CancelledError` of a body, which bears its message itself.
   */
  cancelMessage(): unknown {
    return this.#outcome?.kind === "cancelled" ? this.#outcome.message : undefined;
  }

  /**
   * The result.
   *
   * @throws {InvalidStateError} The future is still pending.
   * @throws {CancelledError} The future was cancelled.
   * @throws The exception that was set.
   */
  result(): T {
    const outcome = this.#outcome;
    if (outcome === null) throw new InvalidStateError("Cannot read the result of a future that is still pending");
    if (outcome.kind === "returned") return outcome.value;
    throw this.#retrieve(outcome);
  }

  /**
   * The exception that was set, or `null`.
   *
   * @throws {InvalidStateError} The future is still pending.
   * @throws {CancelledError} The future was cancelled.
   */
  exception(): unknown {
    const outcome = this.#outcome;
    if (outcome === null) throw new InvalidStateError("Cannot read the exception of a future that is still pending");
    if (outcome.kind === "returned") return null;
    const error = this.#retrieve(outcome);
    if (outcome.kind === "cancelled") throw error;
    return error;
  }

  /**
   * Set the result; whoever waits is woken in the next turn.
   *
   * @throws {InvalidStateError} The future is already done.
   */
  setResult(value: T): void {
    this.#checkPending("result");
    this.settle({ kind: "returned", value });
  }

  /**
   * Set the exception; whoever waits is woken in the next turn.
   *
   * @param error - Anything that can be thrown; a class of errors is instantiated.
   * @throws {InvalidStateError} The future is already done.
   */
  setException(error: unknown): void {
    this.#checkPending("exception");
    this.settle({ kind: "threw", error: isErrorClass(error) ? new error() : error });
  }

  /**
   * Cancel: whoever waits gets a `CancelledError`.
   *
   * @param message - Reaches the `CancelledError`, as its message and its `reason`.
   * @returns `false` if the future is already done: then nothing happens.
   */
  cancel(message?: unknown): boolean {
    this.#forgive();
    if (this.#outcome !== null) return false;
    this.settle({ kind: "cancelled", message, error: null });
    return true;
  }

  /**
   * Call `callback` with the future, in a turn of its own, when it is done; in the next turn if it is done already.
   *
   * Callbacks run in the order in which they were added, each in a copy of the context at that moment, or in `context`.
   *
   * @throws {TypeError} `callback` is not a function, or `context` not a `Context`.
   */
  addDoneCallback(callback: (future: this) => unknown, options: { readonly context?: Context | undefined } = {}): void {
    if (typeof callback !== "function") {
      throw new TypeError(`addDoneCallback() needs a function, not ${show(callback)}`);
    }
    const { context = copyContext() } = options;
    if (!(context instanceof Context)) {
      throw new TypeError(`addDoneCallback() needs a Context as context, not ${show(context)}`);
    }
    this.addWaiter(new Handle(this.loop, callback, [this], context));
  }

  /**
   * Take back every `addDoneCallback` of `callback` that has not been queued yet.
   *
   * @returns How many there were.
   */
  removeDoneCallback(callback: (future: this) => unknown): number {
    const isOurs = (waiter: Runnable): boolean => waiter instanceof Handle && waiter.calls(callback);
    return this.#removeWaiters(isOurs);
  }

  /**
   * Put `waiter` into the ready queue when the future is done: `addDoneCallback` for what carries its own context.
   *
   * The hook on which tasks and combinators stand.
   */
  addWaiter(waiter: Runnable): void {
    if (this.#outcome !== null) this.#wake(waiter);
    else if (this.#waiters === null) this.#waiters = waiter;
    else if (Array.isArray(this.#waiters)) this.#waiters.push(waiter);
    else this.#waiters = [this.#waiters, waiter];
  }

  /** Take back an `addWaiter` that has not been queued yet. */
  removeWaiter(waiter: Runnable): void {
    const waiters = this.#waiters;
    if (waiters === waiter) this.#waiters = null;
    if (!Array.isArray(waiters)) return;
    const place = waiters.indexOf(waiter);
    if (place >= 0) waiters.splice(place, 1);
  }

  /** How the future failed: with the exception that was set or with a `CancelledError`; `null` if it did not fail. */
  failure(): { readonly error: unknown } | null {
    const outcome = this.#outcome;
    if (outcome === null || outcome.kind === "returned") return null;
    return { error: this.#retrieve(outcome) };
  }

  override [Symbol.iterator](): Steps<T> {
    return new FutureWait(this, this.loop.getDebug() ? captureStack() : undefined);
  }

  override toString(): string {
    return `<${this.constructor.name} ${this.describe()}>`;
  }

  /** The state and what belongs to it, for messages; does not count as reading the outcome. */
  protected describe(): string {
    return `${this.describeState()}${this.describeException()}`;
  }

  /** @internal The state in one word. */
  protected describeState(): string {
    const outcome = this.#outcome;
    if (outcome === null) return "pending";
    return outcome.kind === "cancelled" ? "cancelled" : "finished";
  }

  /** @internal The exception, if there is one. */
  protected describeException(): string {
    return this.#outcome?.kind === "threw" ? ` exception=${show(this.#outcome.error)}` : "";
  }

  /** Leave the pending state, and wake whoever waits. */
  protected settle(outcome: Outcome<T>): void {
    this.#outcome = outcome;
    if (outcome.kind === "threw") this.#watchFailure(outcome.error);
    const waiters = this.#waiters;
    this.#waiters = null;
    if (Array.isArray(waiters)) for (const waiter of waiters) this.#wake(waiter);
    else if (waiters !== null) this.#wake(waiters);
  }

  protected override settleOutsideTasks(resolve: (value: T) => void, reject: (error: unknown) => void): void {
    const waiter = new OutsideWaiter(this, resolve, reject);
    if (this.done()) waiter.runWithoutLoop();
    else this.addWaiter(waiter);
  }

  /** @internal The callbacks that were added before may still be queued, though the future is done. */
  override waitInOrder(resolve: (value: T) => void, reject: (error: unknown) => void): void {
    if (this.done() && this.loop.isRunning()) this.loop.schedule(new OutsideWaiter(this, resolve, reject));
    else this.wait(resolve, reject);
  }

  #wake(waiter: Runnable): void {
    if (this.loop.isClosed() || (waiter.runWithoutLoop !== undefined && !this.loop.isRunning())) {
      waiter.runWithoutLoop?.();
    } else {
      this.loop.schedule(waiter);
    }
  }

  #removeWaiters(matches: (waiter: Runnable) => boolean): number {
    const before = this.#waiters === null ? [] : [this.#waiters].flat();
    const left = before.filter((waiter) => !matches(waiter));
    this.#waiters = left.length === 0 ? null : left;
    return before.length - left.length;
  }

  #retrieve(outcome: Exclude<Outcome<T>, { kind: "returned" }>): unknown {
    if (outcome.kind === "cancelled") {
      const error = outcome.error ?? cancelledError(outcome.message, this.loop);
      outcome.error = null;
      return error;
    }
    this.#forgive();
    return outcome.error;
  }

  #watchFailure(error: unknown): void {
    this.#unretrieved = new Unretrieved(this, error);
    failedFutures.add(this);
  }

  /** @internal */
  isUnsettled(): boolean {
    return this.#unretrieved !== null;
  }

  /** @internal */
  complaint(): Complaint {
    const unretrieved = this.#unretrieved as Unretrieved;
    unretrieved.describe(this);
    return unretrieved;
  }

  /** The exception was read, or the future cancelled after it: nothing to report any more. */
  #forgive(): void {
    this.#unretrieved?.forgive();
    this.#unretrieved = null;
  }

  #checkPending(what: string): void {
    if (this.#outcome === null) return;
    throw new InvalidStateError(`Cannot set the ${what} of a future that is already done: ${this.toString()}`);
  }
}

/** Settles a promise outside of all tasks; goes through the loop while that runs, so that order is kept. */
class OutsideWaiter<T> implements Runnable {
  readonly #future: Future<T>;
  readonly #resolve: (value: T) => void;
  readonly #reject: (error: unknown) => void;

  constructor(future: Future<T>, resolve: (value: T) => void, reject: (error: unknown) => void) {
    this.#future = future;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  run(): void {
    this.#future.loop.drainMicrotasks();
    this.runWithoutLoop();
  }

  runWithoutLoop(): void {
    const failure = this.#future.failure();
    if (failure === null) this.#resolve(this.#future.result());
    else this.#reject(failure.error);
  }
}

function isErrorClass(value: unknown): value is new () => Error {
  return typeof value === "function" && (value === Error || value.prototype instanceof Error);
}
