import { RuntimeError } from "@asyncio-ts/contextvars";
import { showAsString } from "@asyncio-ts/core";
import type { Body, Coroutine, WaitLimits } from "@asyncio-ts/tasks";
import { acquire, runHolding } from "./acquisition.ts";
import { WaitLine } from "./wait-line.ts";

/** What is known about a lock. */
export interface LockStatistics {
  readonly locked: boolean;
  /** How many tasks wait for it. */
  readonly waiting: number;
}

/**
 * At most one at a time.
 *
 * Fair: whoever asks first gets it first. It belongs to nobody, so anybody can release it.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-sync.html#asyncio.Lock}
 *
 * @example
 * const lock = new Lock();
 * {
 *   using _ = await lock.acquire();
 *   lock.locked() // => true
 * }
 * lock.locked() // => false
 */
export class Lock {
  static {
    showAsString(this);
  }

  /** @internal */
  readonly line: WaitLine = new WaitLine(this);
  /** The token of whoever holds the lock. */
  #holder: LockToken | null = null;

  /** Whether somebody holds the lock. */
  locked(): boolean {
    return this.#holder !== null;
  }

  /**
   * Take the lock, waiting until it is free and everybody who came before has had it.
   *
   * Takes no turn if it is free.
   *
   * @returns A token for `using`, that releases the lock once.
   * @throws {TimeoutError} `timeout` seconds have passed.
   * @throws The reason of `signal`, when it is aborted or was aborted before.
   * @throws {RuntimeError} It has to wait, and the lock was waited for in another loop before.
   *
   * ## Cancellation
   * Safe. A cancelled `acquire()` holds nothing; if its turn had come at that moment, it is the next one's.
   *
   * @example
   * const lock = new Lock();
   * await lock.acquire();
   * await lock.acquire({ timeout: 5 }).catch(String) // => "TimeoutError: acquire() timed out after 5 s"
   */
  acquire(limits?: WaitLimits): Coroutine<LockToken> {
    return acquire(this, limits);
  }

  /**
   * Take the lock if it is free and nobody waits for it.
   *
   * @returns A token for `using`, or `null`.
   */
  tryAcquire(): LockToken | null {
    if (this.#holder !== null || this.line.isOccupied) return null;
    return this.served();
  }

  /**
   * Give the lock back; the first who waits for it gets it in the next turn.
   *
   * @throws {RuntimeError} Nobody holds the lock.
   */
  release(): void {
    if (this.#holder === null) throw new RuntimeError("Cannot release a lock that is not acquired");
    this.#holder = null;
    this.line.wakeHead();
  }

  /**
   * Run `body` in the current task while holding the lock.
   *
   * @returns What the body returns.
   *
   * ## Cancellation
   * Safe. The lock is released however the body ends.
   *
   * @example
   * await new Lock().with(async () => "alone") // => "alone"
   */
  with<T>(body: Body<[], T>, limits?: WaitLimits): Coroutine<T> {
    return runHolding(this, body, limits);
  }

  /** How things stand, for monitoring. */
  statistics(): LockStatistics {
    return { locked: this.locked(), waiting: this.line.length };
  }

  toString(): string {
    const { locked, waiting } = this.statistics();
    return `<Lock ${locked ? "locked" : "unlocked"}${waiting > 0 ? ` waiting=${waiting}` : ""}>`;
  }

  /** @internal */
  served(): LockToken {
    this.#holder = new LockToken(this);
    return this.#holder;
  }

  /** @internal */
  left(): void {
    if (this.#holder === null) this.line.wakeHead();
  }

  /** @internal The token of whoever holds the lock. */
  get holder(): LockToken | null {
    return this.#holder;
  }

  /** @internal Let `token` hold the lock, in the place of the token of whoever has just taken it. */
  handTo(token: LockToken | null): void {
    this.#holder = token;
  }

  /** @internal Called by the token: release the lock if it is still held by that. */
  releaseBy(token: LockToken): void {
    if (this.#holder === token) this.release();
  }
}

/** Holds a lock, until it is released or disposed of. */
export class LockToken implements Disposable {
  readonly #lock: Lock;

  constructor(lock: Lock) {
    this.#lock = lock;
  }

  /** Release the lock, unless that was done before. */
  release(): void {
    this.#lock.releaseBy(this);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
