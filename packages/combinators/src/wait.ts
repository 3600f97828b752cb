import { show } from "@asyncio-ts/contextvars";
import { getRunningLoop, type Runnable, type Scheduler, type TimerHandle } from "@asyncio-ts/core";
import {
  addAbortListener,
  type Coroutine,
  checkLimits,
  coroutine,
  Future,
  removeAbortListener,
  type Startable,
  type WaitLimits,
} from "@asyncio-ts/tasks";
import { type Awaitables, closeUnrun, type FutureOf, listAwaitables, startAll } from "./awaitables.ts";

/** `wait()` returns when one is done. */
export const FIRST_COMPLETED = "FIRST_COMPLETED";

/** `wait()` returns when one has failed, or when all are done. */
export const FIRST_EXCEPTION = "FIRST_EXCEPTION";

/** `wait()` returns when all are done. */
export const ALL_COMPLETED = "ALL_COMPLETED";

/** When `wait()` returns. */
export type ReturnWhen = typeof FIRST_COMPLETED | typeof FIRST_EXCEPTION | typeof ALL_COMPLETED;

/** What `wait()` waits for, and how long. */
export interface WaitOptions extends WaitLimits {
  /** By default `ALL_COMPLETED`. */
  readonly returnWhen?: ReturnWhen | undefined;
}

/** Who is done and who is not, in the order in which they were given. */
export interface WaitResult<F> {
  readonly done: Set<F>;
  readonly pending: Set<F>;
}

/**
 * Wait until all are done, or the first one, or the first failure; or until `timeout` seconds have passed.
 *
 * Throws nothing and cancels nothing: who is done when it returns is in `done`, whatever became of it, and all others go
 * on. Coroutines and functions become tasks when it is awaited, and the sets hold those tasks.
 *
 * @param aws - Awaitables, and functions that make them; at least one.
 * @throws {TypeError} `aws` is not an iterable of awaitables, or is a single one.
 * @throws {RangeError} `aws` is empty, `returnWhen` is none of the three constants, or `timeout` is NaN; when it is
 * awaited: a future belongs to another loop.
 *
 * ## Cancellation
 * Safe: what it waits for goes on. An abort of `signal` throws its reason.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-task.html#asyncio.wait}
 *
 * @example
 * const { done, pending } = await wait([sleep(0.01, "soon"), sleep(60)], { returnWhen: FIRST_COMPLETED });
 * for (const task of pending) task.cancel();
 * [...done][0]?.result() // => "soon"
 */
export function wait<A extends Startable<unknown>>(
  aws: Iterable<A>,
  options: WaitOptions = {},
): Coroutine<WaitResult<FutureOf<A>>> {
  const list = listAwaitables("wait", aws);
  try {
    if (list.length === 0) throw new RangeError("wait() needs at least one awaitable, and was given none");
    checkReturnWhen(options.returnWhen);
    checkLimits("wait", options);
  } catch (error) {
    closeUnrun(list);
    throw error;
  }
  return waitForList(list, options) as Coroutine<WaitResult<FutureOf<A>>>;
}

const waitForList = coroutine(function* wait(aws: Awaitables, options: WaitOptions) {
  const { signal } = options;
  if (signal?.aborted) {
    closeUnrun(aws);
    throw signal.reason;
  }
  const loop = getRunningLoop();
  const futures = new Set(startAll(aws, loop));
  const waiting = new Waiting(loop, futures, options);
  try {
    yield* waiting.over;
  } finally {
    waiting.end();
  }
  return partition(futures);
});

/** One `wait()` under way. */
class Waiting {
  /** Done when the wait is. */
  readonly over: Future<void>;
  readonly #returnWhen: ReturnWhen;
  readonly #timer: TimerHandle | null;
  readonly #watchers: readonly Watcher[];
  readonly #signal: AbortSignal | undefined;
  #left: number;

  constructor(loop: Scheduler, futures: ReadonlySet<Future<unknown>>, options: WaitOptions) {
    const { timeout, signal, returnWhen = ALL_COMPLETED } = options;
    this.over = new Future({ loop });
    this.#returnWhen = returnWhen;
    this.#left = futures.size;
    this.#signal = signal;
    if (signal !== undefined) addAbortListener(signal, this.#abort);
    this.#timer = typeof timeout === "number" ? loop.callLater(timeout, () => this.#release()) : null;
    this.#watchers = Array.from(futures, (future) => new Watcher(this, future));
  }

  completed(future: Future<unknown>): void {
    this.#left--;
    if (this.#isEnough(future)) this.#release();
  }

  end(): void {
    this.#timer?.cancel();
    if (this.#signal !== undefined) removeAbortListener(this.#signal, this.#abort);
    for (const watcher of this.#watchers) watcher.end();
  }

  #isEnough(future: Future<unknown>): boolean {
    if (this.#left <= 0 || this.#returnWhen === FIRST_COMPLETED) return true;
    return this.#returnWhen === FIRST_EXCEPTION && !future.cancelled() && future.failure() !== null;
  }

  #release(): void {
    if (!this.over.done()) this.over.setResult();
  }

  readonly #abort = (): void => {
    if (!this.over.done()) this.over.setException(this.#signal?.reason);
  };
}

/** Tells a wait that one of its futures is done. */
class Watcher implements Runnable {
  readonly #waiting: Waiting;
  readonly #future: Future<unknown>;

  constructor(waiting: Waiting, future: Future<unknown>) {
    this.#waiting = waiting;
    this.#future = future;
    future.addWaiter(this);
  }

  run(): void {
    this.#waiting.completed(this.#future);
  }

  end(): void {
    this.#future.removeWaiter(this);
  }
}

/** Asks the futures themselves: one that is done may not have been heard of yet. */
function partition(futures: ReadonlySet<Future<unknown>>): WaitResult<Future<unknown>> {
  const done = new Set<Future<unknown>>();
  const pending = new Set<Future<unknown>>();
  for (const future of futures) (future.done() ? done : pending).add(future);
  return { done, pending };
}

function checkReturnWhen(returnWhen: unknown): void {
  const known: unknown[] = [undefined, FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED];
  if (!known.includes(returnWhen)) throw new RangeError(`wait() does not know returnWhen ${show(returnWhen)}`);
}
