import { RuntimeError, show } from "@asyncio-ts/contextvars";
import { getRunningLoop, type Seconds, showAsString } from "@asyncio-ts/core";
import {
  type Body,
  CancelledError,
  type Coroutine,
  checkLimits,
  coroutine,
  type GeneratorBody,
  isCoroutine,
  type WaitLimits,
} from "@asyncio-ts/tasks";
import { checkCount } from "./check-count.ts";
import { Lock, type LockStatistics, type LockToken } from "./lock.ts";
import { WaitLine } from "./wait-line.ts";

/** What is known about a condition. */
export interface ConditionStatistics {
  /** How many tasks wait to be notified. */
  readonly waiting: number;
  readonly lock: LockStatistics;
}

/**
 * A state, guarded by a lock, whose changes can be waited for.
 *
 * Whoever waits has the lock, gives it up while waiting, and has it again afterwards. Whoever changes the state has the
 * lock as well, and notifies those who wait.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-sync.html#asyncio.Condition}
 *
 * @example
 * const condition = new Condition();
 * const stock: string[] = [];
 * const consumer = createTask(() =>
 *   condition.with(async () => {
 *     await condition.waitFor(() => stock.length > 0);
 *     return stock.pop();
 *   }),
 * );
 * await condition.with(async () => {
 *   stock.push("bread");
 *   condition.notify();
 * });
 * await consumer // => "bread"
 */
export class Condition {
  static {
    showAsString(this);
  }

  /** The lock that guards the state. */
  readonly lock: Lock;
  readonly #line = new WaitLine(this);

  /**
   * @param lock - By default one of its own; several conditions may share one.
   * @throws {TypeError} `lock` is no `Lock`.
   */
  constructor(lock: Lock = new Lock()) {
    if (!(lock instanceof Lock)) throw new TypeError(`Condition() needs a Lock, not ${show(lock)}`);
    this.lock = lock;
  }

  /** Whether somebody holds the lock. */
  locked(): boolean {
    return this.lock.locked();
  }

  /**
   * Take the lock: `lock.acquire()`.
   *
   * ## Cancellation
   * Safe.
   */
  acquire(limits?: WaitLimits): Coroutine<LockToken> {
    return this.lock.acquire(limits);
  }

  /** Take the lock if it is free and nobody waits for it. */
  tryAcquire(): LockToken | null {
    return this.lock.tryAcquire();
  }

  /**
   * Give the lock back.
   *
   * @throws {RuntimeError} Nobody holds the lock.
   */
  release(): void {
    this.lock.release();
  }

  /**
   * Run `body` in the current task while holding the lock.
   *
   * @returns What the body returns.
   *
   * ## Cancellation
   * Safe. The lock is released however the body ends.
   */
  with<T>(body: Body<[], T>, limits?: WaitLimits): Coroutine<T> {
    return this.lock.with(body, limits);
  }

  /**
   * Give up the lock, wait to be notified, and take the lock again.
   *
   * It may return although the state is not what the caller waits for: check again, or use `waitFor()`. Whenever it ends,
   * also by an error, the lock is held; `limits` end the wait for the notification, not that for the lock.
   *
   * @returns `true`.
   * @throws {TimeoutError} `timeout` seconds have passed.
   * @throws The reason of `signal`, when it is aborted or was aborted before.
   * @throws {RuntimeError} Nobody holds the lock, or the condition was waited for in another loop before.
   *
   * ## Cancellation
   * Ends the wait, but not before the lock is held again: further cancellations meanwhile are swallowed, and the
   * `CancelledError` of the last one is thrown. Another one who waits is notified instead.
   */
  wait(limits?: WaitLimits): Coroutine<true> {
    if (limits !== undefined) checkLimits("wait", limits);
    return wait(this, limits);
  }

  /**
   * Wait until `predicate` answers something that counts as true.
   *
   * It is called at once, and then after each notification, while the lock is held.
   *
   * @param limits - For the whole of it.
   * @returns What the predicate has answered.
   * @throws {TypeError} `predicate` is not a function, or answers a promise.
   * @throws {TimeoutError} `timeout` seconds have passed.
   * @throws The reason of `signal`, when it is aborted or was aborted before.
   * @throws {RuntimeError} It has to wait, and nobody holds the lock.
   *
   * ## Cancellation
   * As that of `wait()`: the lock is held afterwards.
   */
  waitFor<T>(predicate: () => T, limits?: WaitLimits): Coroutine<Exclude<T, false | 0 | 0n | "" | null | undefined>> {
    if (typeof predicate !== "function") throw new TypeError(`waitFor() needs a function, not ${show(predicate)}`);
    if (limits !== undefined) checkLimits("waitFor", limits);
    return waitFor(this, predicate, limits) as Coroutine<never>;
  }

  /**
   * Notify the first `n` who wait: each goes on once it has the lock.
   *
   * @throws {RuntimeError} Nobody holds the lock.
   * @throws {RangeError} `n` is negative or no whole number.
   */
  notify(n = 1): void {
    checkCount("notify", "n", n, 0);
    this.#checkLocked("notify");
    this.#line.wake(n);
  }

  /**
   * Notify all who wait: they go on one after another.
   *
   * @throws {RuntimeError} Nobody holds the lock.
   */
  notifyAll(): void {
    this.#checkLocked("notify");
    this.#line.wake(this.#line.length);
  }

  /** How things stand, for monitoring. */
  statistics(): ConditionStatistics {
    return { waiting: this.#line.length, lock: this.lock.statistics() };
  }

  toString(): string {
    const waiting = this.#line.length;
    return `<Condition ${this.locked() ? "locked" : "unlocked"}${waiting > 0 ? ` waiting=${waiting}` : ""}>`;
  }

  /** @internal */
  *waitForNotification(caller: string, limits?: WaitLimits, began?: Seconds): GeneratorBody<true> {
    this.#checkLocked("wait on");
    limits?.signal?.throwIfAborted();
    const place = this.#line.enter();
    const token = this.lock.holder;
    this.release();
    try {
      try {
        yield* this.#line.waitAt(place, caller, limits, began);
      } finally {
        yield* this.#reacquire(token);
      }
    } catch (error) {
      // Perhaps it had been notified. It does not ask, as CPython's does not: another one may be notified for nothing.
      if (error instanceof CancelledError) this.#line.wakeNext();
      throw error;
    }
    return true;
  }

  /** @internal Wait until `predicate` answers something that counts as true. */
  *waitUntil<T>(predicate: () => T, caller: string, limits?: WaitLimits, began?: Seconds): GeneratorBody<T> {
    let answer = checkAnswer(predicate());
    while (!answer) {
      yield* this.waitForNotification(caller, limits, began);
      answer = checkAnswer(predicate());
    }
    return answer;
  }

  /** Take the lock, cancelled or not: the caller is going to release it, perhaps by the `token` that it had before. */
  *#reacquire(token: LockToken | null): GeneratorBody<void> {
    let cancelled: CancelledError | null = null;
    while (true) {
      try {
        yield* this.acquire();
        break;
      } catch (error) {
        if (!(error instanceof CancelledError)) throw error;
        cancelled = error;
      }
    }
    this.lock.handTo(token);
    if (cancelled !== null) throw cancelled;
  }

  #checkLocked(action: string): void {
    if (!this.locked()) throw new RuntimeError(`Cannot ${action} a condition whose lock is not acquired`);
  }
}

/** A promise would always count as true. */
function checkAnswer<T>(answer: T): T {
  if (isCoroutine(answer) || typeof (answer as { then?: unknown } | null | undefined)?.then === "function") {
    throw new TypeError(`waitFor() needs a predicate that answers at once, not with ${show(answer)}`);
  }
  return answer;
}

const wait = coroutine(function wait(condition: Condition, limits: WaitLimits | undefined) {
  return condition.waitForNotification("wait", limits);
});

const waitFor = coroutine(function waitFor<T>(condition: Condition, predicate: () => T, limits?: WaitLimits) {
  limits?.signal?.throwIfAborted();
  const began = limits === undefined ? undefined : getRunningLoop().time();
  return condition.waitUntil(predicate, "waitFor", limits, began);
});
