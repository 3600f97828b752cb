import { getRunningLoop, type Runnable } from "@asyncio-ts/core";
import { checkLimits, ensureFuture, Future, onAbort, type Startable } from "@asyncio-ts/tasks";
import { closeUnrun, listAwaitables, type ResultOf } from "./awaitables.ts";

/** What ends the wait behind a shield. */
export interface ShieldOptions {
  /** Makes the outer future fail with its reason when it is aborted; what is shielded goes on. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A future for `aw` that can be cancelled without cancelling `aw`: whoever waits is cancelled, and the work goes on.
 *
 * If `aw` fails after that, nobody is there to hear of it, so it is reported to the exception handler of the loop; once,
 * even behind several shields. To wait for the end of a cleanup as well, use `shielded()`.
 *
 * @param aw - An awaitable, or a function that makes one; work becomes a task at once.
 * @returns The outer future. If `aw` is a future that is done, itself.
 * @throws {TypeError} `aw` cannot be awaited; nothing was started.
 * @throws {RuntimeError} No loop is running, and `aw` is not a future.
 *
 * ## Cancellation
 * Ends with the outer future. But if `aw` itself is cancelled, so is the outer future.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-task.html#asyncio.shield}
 *
 * @example
 * const saving = createTask(() => sleep(2, "saved"));
 * await waitFor(shield(saving), 1).catch((error) => error.name) // => "TimeoutError"
 * await saving // => "saved"
 */
export function shield<A extends Startable<unknown>>(aw: A, options: ShieldOptions = {}): Future<ResultOf<A>> {
  listAwaitables("shield", [aw]);
  try {
    checkLimits("shield", options);
  } catch (error) {
    closeUnrun([aw]);
    throw error;
  }
  return shieldFrom(aw, options.signal) as Future<ResultOf<A>>;
}

function shieldFrom(aw: Startable<unknown>, signal: AbortSignal | undefined): Future<unknown> {
  if (signal?.aborted) return failedAtOnce(aw, signal.reason);
  const inner = ensureFuture(aw);
  if (inner.done()) return inner;
  const outer = new OuterFuture(inner);
  if (signal !== undefined) {
    onAbort(outer, signal, () => {
      if (!outer.done()) outer.setException(signal.reason);
    });
  }
  return outer;
}

/** The wait is over before it has begun: work that has not begun never does. */
function failedAtOnce(aw: Startable<unknown>, reason: unknown): Future<unknown> {
  closeUnrun([aw]);
  const outer = new Future<unknown>({ loop: aw instanceof Future ? aw.loop : getRunningLoop() });
  outer.setException(reason);
  return outer;
}

/**
 *  event                effect
 *  the inner one ends   this one ends in the same way
 *  cancel()             the inner one goes on; if it fails, that is reported
 */
class OuterFuture<T> extends Future<T> implements Runnable {
  readonly #inner: Future<T>;

  constructor(inner: Future<T>) {
    super({ loop: inner.loop });
    this.#inner = inner;
    inner.addWaiter(this);
    this.addWaiter({ run: () => this.#outerDone() });
  }

  /** The inner future is done. */
  run(): void {
    if (this.done()) return;
    const inner = this.#inner;
    if (inner.cancelled()) {
      this.cancel();
      return;
    }
    const failure = inner.failure();
    if (failure === null) this.setResult(inner.result());
    else this.settle({ kind: "threw", error: failure.error });
  }

  #outerDone(): void {
    if (this.#inner.done()) return;
    this.#inner.removeWaiter(this);
    reportFailureOf(this.#inner);
  }
}

/** One for each future that has lost a shield, so that its failure is reported once. */
const reporters = new WeakMap<Future<unknown>, Runnable>();

/** Report the failure of `future`, after all others have heard that it is done. */
function reportFailureOf(future: Future<unknown>): void {
  const reporter = reporters.get(future) ?? { run: () => report(future) };
  reporters.set(future, reporter);
  future.removeWaiter(reporter);
  future.addWaiter(reporter);
}

function report(future: Future<unknown>): void {
  const failure = future.cancelled() ? null : future.failure();
  if (failure === null) return;
  future.loop.callExceptionHandler({
    message: "Exception in a shielded future, which nobody waits for since its shield was cancelled",
    exception: failure.error,
    future,
    createdAt: future.createdAt,
  });
}
