import { getRunningLoop, type Runnable, type Scheduler } from "@asyncio-ts/core";
import { CancelledError, checkLimits, Future, onAbort, type Startable } from "@asyncio-ts/tasks";
import {
  type Awaitables,
  type ConcurrencyLimit,
  closeUnrun,
  gateOf,
  listAwaitables,
  type ResultOf,
  startAll,
} from "./awaitables.ts";
import type { Gate } from "./gate.ts";

/** How `gather()` deals with failures, and what cancels it. */
export interface GatherOptions extends ConcurrencyLimit {
  /** Put the errors in the places of the results, instead of failing with the first one. */
  readonly returnExceptions?: boolean | undefined;
  /** Cancels everything gathered when it is aborted; the gathering then fails with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What `gather()` can be given. */
export type Gatherable = readonly Startable<unknown>[] | [] | Iterable<Startable<unknown>>;

/** The results of what is gathered, place by place; `E` is what may stand in the place of each. */
export type Gathered<Aws, E = never> = Aws extends readonly unknown[]
  ? { -readonly [Place in keyof Aws]: ResultOf<Aws[Place]> | E }
  : Aws extends Iterable<infer A>
    ? (ResultOf<A> | E)[]
    : never;

/**
 * Wait for several things at once: all results, in the order of `aws`, or the first failure.
 *
 * Coroutines and functions become tasks at once. After a failure the others go on, and what becomes of them is ignored.
 * With `returnExceptions` there is no failure, and each error stands in the place of a result; there, something thrown
 * that is not an `Error` becomes the `cause` of one, so that `instanceof Error` tells failures from results.
 *
 * A future or coroutine that is given twice runs once, and its result is repeated. A function that is given twice is
 * called twice.
 *
 * @param aws - Awaitables, and functions that make them.
 * @returns A future of the results; of nothing, one that is already done.
 * @throws {TypeError} `aws` is not an iterable of awaitables; nothing was started.
 * @throws {RangeError} The futures belong to different loops; nothing was started.
 * @throws {RuntimeError} No loop is running, and `aws` does not begin with a future.
 *
 * ## Cancellation
 * Cancelling it, or the task that awaits it, cancels all that is not done yet; once everything is done, it is refused.
 * One of `aws` that is cancelled by itself is a failure like any other: the gathering then fails with its
 * `CancelledError`, and is not cancelled itself.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-task.html#asyncio.gather}
 *
 * @example
 * await gather([sleep(0.02, "a"), async () => 1]) // => ["a", 1]
 */
export function gather<Aws extends Gatherable>(
  aws: Aws,
  options?: GatherOptions & { readonly returnExceptions?: false | undefined },
): Future<Gathered<Aws>>;
export function gather<Aws extends Gatherable>(aws: Aws, options: GatherOptions): Future<Gathered<Aws, Error>>;
export function gather(aws: Gatherable, options: GatherOptions = {}): Future<unknown> {
  const list = listAwaitables("gather", aws);
  let gathering: GatheringFuture;
  try {
    checkLimits("gather", options);
    const returnExceptions = Boolean(options.returnExceptions);
    const gate = gateOf("gather", options, returnExceptions ? undefined : "failure");
    gathering = new GatheringFuture(loopFor(list), returnExceptions, gate);
  } catch (error) {
    closeUnrun(list);
    throw error;
  }
  gathering.start(list);
  if (options.signal !== undefined) gathering.endOnAbort(options.signal);
  return gathering;
}

/** The loop of the first, as CPython has it: futures can be gathered outside of a running loop. */
function loopFor(aws: Awaitables): Scheduler {
  const first = aws[0];
  return first instanceof Future ? first.loop : getRunningLoop();
}

/**
 *  event                       effect
 *  a child fails               fails with its error; the other children only count as read
 *  the last child is done      done, with all results; but fails with a CancelledError if a cancel was passed on
 *  cancel()                    passed on to the children, as a request: that they end decides when this ends
 *
 * With `returnExceptions` only the last two happen. Where work is held back, none of it begins after a failure or a cancel.
 */
class GatheringFuture extends Future<unknown[]> {
  readonly #returnExceptions: boolean;
  #children: readonly Future<unknown>[] = [];
  /** How many children are not done. */
  #left = 0;
  #cancelRequested = false;
  /** The reason of the signal, once that has cancelled everything: takes the place of the CancelledError. */
  #abortReason: { readonly error: unknown } | null = null;
  readonly #gate: Gate | null;

  constructor(loop: Scheduler, returnExceptions: boolean, gate: Gate | null) {
    super({ loop });
    this.#returnExceptions = returnExceptions;
    this.#gate = gate;
  }

  endOnAbort(signal: AbortSignal): void {
    onAbort(this, signal, () => {
      if (this.cancel(signal.reason)) this.#abortReason = { error: signal.reason };
    });
  }

  start(aws: Awaitables): void {
    const doneAlready: Future<unknown>[] = [];
    const begun = (child: Future<unknown>): void => {
      this.#left++;
      if (child.done()) doneAlready.push(child);
      else child.addWaiter(new ChildWaiter(this, child));
    };
    try {
      this.#children = startAll(aws, this.loop, { gate: this.#gate, begun });
    } catch (error) {
      super.cancel(); // the children that were begun report to something that is over
      throw error;
    }
    if (aws.length === 0) this.setResult([]);
    for (const child of doneAlready) this.childDone(child);
  }

  override cancel(message?: unknown): boolean {
    if (this.done()) return false;
    let reached = false;
    for (const child of this.#children) if (child.cancel(message)) reached = true;
    // Whatever the children make of it, it is not to be lost: https://github.com/python/cpython/issues/76865
    if (reached) this.#cancelRequested = true;
    return reached;
  }

  childDone(child: Future<unknown>): void {
    this.#left--;
    if (this.done()) {
      if (!child.cancelled()) child.failure(); // counts as read
      return;
    }
    const failure = this.#returnExceptions ? null : child.failure();
    if (failure !== null) this.#fail(failure.error);
    else if (this.#left === 0) this.#finish();
  }

  #finish(): void {
    const results = this.#children.map(resultOrError);
    if (this.#cancelRequested) this.#fail(cancellationBy(this.#children));
    else this.settle({ kind: "returned", value: results });
  }

  #fail(error: unknown): void {
    this.#gate?.close();
    const isCancellation = error instanceof CancelledError;
    this.settle({
      kind: "threw",
      error: isCancellation && this.#abortReason !== null ? this.#abortReason.error : error,
    });
  }
}

/** Tells a gathering that one of its children is done. */
class ChildWaiter implements Runnable {
  readonly #gathering: GatheringFuture;
  readonly #child: Future<unknown>;

  constructor(gathering: GatheringFuture, child: Future<unknown>) {
    this.#gathering = gathering;
    this.#child = child;
  }

  run(): void {
    this.#gathering.childDone(this.#child);
  }
}

function resultOrError(child: Future<unknown>): unknown {
  // A new error, since the child's own belongs to whoever awaits the child.
  if (child.cancelled()) return new CancelledError(child.cancelMessage());
  const failure = child.failure();
  return failure === null ? child.result() : asError(failure.error);
}

function asError(thrown: unknown): Error {
  const isError = thrown instanceof Error || Object.prototype.toString.call(thrown) === "[object Error]";
  return isError ? (thrown as Error) : new Error("Something was thrown that is not an Error", { cause: thrown });
}

/** The error of a gathering that was cancelled: that of its last child, as in CPython. */
function cancellationBy(children: readonly Future<unknown>[]): unknown {
  const last = children.at(-1);
  return last?.cancelled() ? last.failure()?.error : new CancelledError(last?.cancelMessage());
}
