import { showAsString } from "@asyncio-ts/core";
import type { Body, Coroutine, WaitLimits } from "@asyncio-ts/tasks";
import { acquire, runHolding } from "./acquisition.ts";
import { checkCount } from "./check-count.ts";
import { type Place, WaitLine } from "./wait-line.ts";

/** What is known about a semaphore. */
export interface SemaphoreStatistics {
  /** How many permits are free. */
  readonly value: number;
  /** How many permits there are. */
  readonly limit: number;
  /** How many are held, or promised to tasks that take them in the next turn. */
  readonly inUse: number;
  /** How many tasks wait for one. */
  readonly waiting: number;
}

/**
 * So many permits: at most `value` hold one at a time.
 *
 * Fair: whoever asks first gets the first that is free, and nobody overtakes. A permit that is released without having
 * been acquired is one more.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-sync.html#asyncio.Semaphore}
 *
 * @example
 * const connections = new Semaphore(2);
 * {
 *   using _ = await connections.acquire();
 *   connections.value // => 1
 * }
 * connections.value // => 2
 */
export class Semaphore {
  static {
    showAsString(this);
  }

  /** @internal */
  readonly line: WaitLine = new WaitLine(this);
  #limit: number;
  /** Below 0 while more are in use than a smaller limit allows. */
  #free: number;

  /**
   * @param value - How many permits there are.
   * @throws {RangeError} `value` is negative or no whole number.
   */
  constructor(value = 1) {
    checkCount(new.target.name, "value", value, 0);
    this.#limit = value;
    this.#free = value;
  }

  /** How many permits are free. */
  get value(): number {
    return Math.max(0, this.#free);
  }

  /** How many permits there are. */
  get limit(): number {
    return this.#limit;
  }

  /** How many permits are held, or promised to tasks that take them in the next turn. */
  get inUse(): number {
    return this.#limit - this.#free;
  }

  /** Whether `acquire()` would have to wait: no permit is free, or somebody came before. */
  locked(): boolean {
    return this.#free <= 0 || this.line.isOccupied;
  }

  /**
   * Take a permit, waiting until one is free and everybody who came before has had one.
   *
   * Takes no turn if one is free.
   *
   * @returns A token for `using`, that releases the permit once.
   * @throws {TimeoutError} `timeout` seconds have passed.
   * @throws The reason of `signal`, when it is aborted or was aborted before.
   * @throws {RuntimeError} It has to wait, and the semaphore was waited for in another loop before.
   *
   * ## Cancellation
   * Safe. A cancelled `acquire()` holds nothing; a permit that was promised to it is the next one's.
   *
   * @example
   * const semaphore = new Semaphore(0);
   * await semaphore.acquire({ timeout: 5 }).catch(String) // => "TimeoutError: acquire() timed out after 5 s"
   */
  acquire(limits?: WaitLimits): Coroutine<SemaphoreToken> {
    return acquire(this, limits);
  }

  /**
   * Take a permit if one is free and nobody waits for it.
   *
   * @returns A token for `using`, or `null`.
   */
  tryAcquire(): SemaphoreToken | null {
    if (this.locked()) return null;
    this.#free--;
    return new SemaphoreToken(this);
  }

  /** Give a permit back; the first who waits gets it in the next turn. */
  release(): void {
    this.#free++;
    if (this.#free > this.#limit) this.#limit = this.#free;
    this.#promiseNext();
  }

  /**
   * Run `body` in the current task while holding a permit.
   *
   * @returns What the body returns.
   *
   * ## Cancellation
   * Safe. The permit is released however the body ends.
   *
   * @example
   * const twoAtATime = new Semaphore(2);
   * const pages = ["a", "b", "c"].map((page) => () => twoAtATime.with(() => sleep(1, page)));
   * await gather(pages) // => ["a", "b", "c"]
   * loop.time() // => 2
   */
  with<T>(body: Body<[], T>, limits?: WaitLimits): Coroutine<T> {
    return runHolding(this, body, limits);
  }

  /**
   * Change how many permits there are.
   *
   * More are handed out at once. Fewer: those in use stay in use, and as they come back, no new ones are handed out before
   * there are fewer in use than `limit`.
   *
   * @throws {RangeError} `limit` is negative or no whole number.
   *
   * @example
   * const workers = new Semaphore(3);
   * await workers.acquire();
   * await workers.acquire();
   * workers.resize(1);
   * workers.statistics() // => { value: 0, limit: 1, inUse: 2, waiting: 0 }
   */
  resize(limit: number): void {
    checkCount("resize", "limit", limit, 0);
    this.#free += limit - this.#limit;
    this.#limit = limit;
    this.#promiseAll();
  }

  /** How things stand, for monitoring. */
  statistics(): SemaphoreStatistics {
    return { value: this.value, limit: this.#limit, inUse: this.inUse, waiting: this.line.length };
  }

  toString(): string {
    const { value, limit, waiting } = this.statistics();
    return `<${this.constructor.name} free=${value}/${limit}${waiting > 0 ? ` waiting=${waiting}` : ""}>`;
  }

  /** @internal */
  served(): SemaphoreToken {
    this.#promiseAll();
    return new SemaphoreToken(this);
  }

  /** @internal */
  left(place: Place): void {
    if (place.isWoken) this.#free++; // the permit that was promised
    this.#promiseAll();
  }

  /** Those who came while somebody before them was still to resume have had to wait, though permits were free. */
  #promiseAll(): void {
    while (this.#promiseNext());
  }

  /** Hand a free permit to the first who waits, who finds it when he resumes. */
  #promiseNext(): boolean {
    if (this.#free <= 0 || !this.line.wakeNext()) return false;
    this.#free--;
    return true;
  }
}

/**
 * A semaphore that refuses to release a permit that nobody holds.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-sync.html#asyncio.BoundedSemaphore}
 *
 * @example
 * const semaphore = new BoundedSemaphore(1);
 * (await semaphore.acquire()).release();
 * try {
 *   semaphore.release();
 * } catch (error) {
 *   console.log(String(error)); // => RangeError: Cannot release a permit of <BoundedSemaphore free=1/1>: none is in use
 * }
 */
export class BoundedSemaphore extends Semaphore {
  /**
   * Give a permit back; the first who waits gets it in the next turn.
   *
   * @throws {RangeError} No permit is in use.
   */
  override release(): void {
    if (this.inUse <= 0) throw new RangeError(`Cannot release a permit of ${this.toString()}: none is in use`);
    super.release();
  }
}

/** Holds a permit of a semaphore, until it is released or disposed of. */
export class SemaphoreToken implements Disposable {
  #semaphore: Semaphore | null;

  constructor(semaphore: Semaphore) {
    this.#semaphore = semaphore;
  }

  /** Release the permit, unless that was done before. */
  release(): void {
    const semaphore = this.#semaphore;
    this.#semaphore = null;
    semaphore?.release();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
