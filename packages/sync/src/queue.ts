import { show } from "@asyncio-ts/contextvars";
import { showAsString } from "@asyncio-ts/core";
import { type Coroutine, checkLimits, type WaitLimits } from "@asyncio-ts/tasks";
import { QueueEmpty, QueueFull, QueueShutDown } from "./errors.ts";
import { type ItemIterator, iterateWith } from "./item-iterator.ts";
import { Get, Join, Next, Put } from "./queue-operations.ts";
import { Ring } from "./ring.ts";
import { WaitLine } from "./wait-line.ts";

/** Holds the items of a queue, and decides which is the next: what makes one kind of queue different from another. */
export interface QueueStorage<T> {
  /** How many items it holds. */
  readonly length: number;
  /** Add an item; if that throws, nothing was added. */
  put(item: T): void;
  /** Remove the next item; never called while there is none. */
  take(): T;
}

/** How a queue is made. */
export interface QueueOptions<T> {
  /** Decides the order, empty at first; by default first in, first out. */
  readonly storage?: QueueStorage<T> | undefined;
}

/** What is known about a queue. */
export interface QueueStatistics {
  /** How many items are in it. */
  readonly size: number;
  readonly maxsize: number;
  /** How many tasks wait in `get()`, in `put()` and in `join()`. */
  readonly getting: number;
  readonly putting: number;
  readonly joining: number;
  /** How many items were put, and not yet reported by `taskDone()`. */
  readonly unfinished: number;
  readonly isShutDown: boolean;
}

/**
 * Hands items from tasks that make them to tasks that use them, first in, first out.
 *
 * With a `maxsize`, producers wait while it is full: a slow consumer holds them back, and memory stays bounded. Waiting
 * tasks are woken in the order in which they came. One that is woken looks again, for another may have been faster.
 *
 * `for await (const item of queue)` goes on until the queue is shut down and empty.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-queue.html#asyncio.Queue}
 * @see {@link https://github.com/python/cpython/blob/main/Lib/asyncio/queues.py}
 *
 * @example
 * const queue = new Queue<string>(10);
 * const consumer = createTask(async () => {
 *   const seen: string[] = [];
 *   for await (const item of queue) seen.push(item);
 *   return seen;
 * });
 * await queue.put("first");
 * await queue.put("second");
 * queue.shutdown();
 * await consumer // => ["first", "second"]
 */
export class Queue<T> {
  static {
    showAsString(this);
  }

  /** How many items fit in; any number, if it is 0 or less. */
  readonly maxsize: number;
  readonly #capacity: number;
  readonly #items: QueueStorage<T>;
  /** @internal Those who wait for an item. */
  readonly getters: WaitLine = new WaitLine(this);
  /** @internal Those who wait for room. */
  readonly putters: WaitLine = new WaitLine(this);
  /** @internal Those who wait for the work to be done. */
  readonly joiners: WaitLine = new WaitLine(this);
  #unfinished = 0;
  #isShutDown = false;

  /**
   * @throws {TypeError} `maxsize` is not a number, or `storage` not a storage.
   * @throws {RangeError} `maxsize` is NaN.
   */
  constructor(maxsize = 0, options: QueueOptions<T> = {}) {
    checkMaxsize(maxsize);
    this.maxsize = maxsize;
    this.#capacity = maxsize > 0 ? maxsize : Number.POSITIVE_INFINITY;
    this.#items = options.storage ?? new Ring<T>();
    checkStorage(this.#items);
  }

  /** How many items are in the queue. */
  qsize(): number {
    return this.#items.length;
  }

  /** Whether there is nothing in the queue. */
  empty(): boolean {
    return this.#items.length === 0;
  }

  /** Whether there is no room for another item; without a `maxsize`, there always is. */
  full(): boolean {
    return this.#items.length >= this.#capacity;
  }

  /** Whether `shutdown()` was called. */
  get isShutDown(): boolean {
    return this.#isShutDown;
  }

  /** @internal Whether there is unfinished work. */
  get isUnfinished(): boolean {
    return this.#unfinished > 0;
  }

  /**
   * Add an item, waiting while the queue is full.
   *
   * Takes no turn if there is room.
   *
   * @throws {QueueShutDown} The queue is shut down, or was while this waited.
   * @throws {TimeoutError} `timeout` seconds have passed.
   * @throws The reason of `signal`, when it is aborted or was aborted before.
   * @throws {RuntimeError} It has to wait, and the queue was waited for in another loop before.
   *
   * ## Cancellation
   * Safe. A cancelled `put()` has added nothing; if it was being woken at that moment, the next one is woken instead.
   *
   * @example
   * const queue = new Queue<number>(1);
   * await queue.put(1);
   * await queue.put(2, { timeout: 5 }).catch(String) // => "TimeoutError: put() timed out after 5 s"
   */
  put(item: T, limits?: WaitLimits): Coroutine<void> {
    if (limits !== undefined) checkLimits("put", limits);
    return new Put(this, item, limits);
  }

  /**
   * Add an item at once.
   *
   * @throws {QueueFull} There is no room.
   * @throws {QueueShutDown} The queue is shut down.
   */
  putNowait(item: T): void {
    if (this.#isShutDown) throw new QueueShutDown("Cannot put into a queue that is shut down");
    if (this.full()) throw new QueueFull(`Cannot put into a queue that is full: it holds ${this.qsize()}`);
    this.#items.put(item);
    this.#unfinished++;
    this.getters.wakeNext();
  }

  /**
   * Remove the next item and return it, waiting until there is one.
   *
   * Takes no turn if there is one.
   *
   * @throws {QueueShutDown} The queue is empty, and is shut down or was while this waited.
   * @throws {TimeoutError} `timeout` seconds have passed.
   * @throws The reason of `signal`, when it is aborted or was aborted before.
   * @throws {RuntimeError} It has to wait, and the queue was waited for in another loop before.
   *
   * ## Cancellation
   * Safe. A cancelled `get()` has removed nothing; if it was being woken at that moment, the next one is woken instead.
   *
   * @example
   * const queue = new Queue<string>();
   * queue.putNowait("hello");
   * await queue.get() // => "hello"
   */
  get(limits?: WaitLimits): Coroutine<T> {
    if (limits !== undefined) checkLimits("get", limits);
    return new Get(this, limits);
  }

  /**
   * Remove the next item at once and return it.
   *
   * @throws {QueueEmpty} There is none.
   * @throws {QueueShutDown} There is none, and the queue is shut down.
   */
  getNowait(): T {
    if (this.empty()) throw this.#nothing();
    const item = this.#items.take();
    this.putters.wakeNext();
    return item;
  }

  /**
   * Say that the work on an item is done: once for each item that was taken.
   *
   * Only `join()` cares.
   *
   * @throws {RangeError} It was called as often as items were put.
   */
  taskDone(): void {
    if (this.#unfinished === 0) throw new RangeError("Cannot call taskDone() more often than items were put");
    this.#finish();
  }

  /**
   * Wait until the work on all items is done: each was taken, and reported by `taskDone()`.
   *
   * Takes no turn if there is no unfinished work. Goes on if there was none for a moment, whatever has been put since.
   *
   * @throws {TimeoutError} `timeout` seconds have passed.
   * @throws The reason of `signal`, when it is aborted or was aborted before.
   *
   * ## Cancellation
   * Safe.
   *
   * @example
   * const queue = new Queue<string>();
   * createTask(async () => {
   *   for await (const _ of queue) queue.taskDone();
   * });
   * await queue.put("work");
   * await queue.join();
   * queue.statistics().unfinished // => 0
   * queue.shutdown();
   */
  join(limits?: WaitLimits): Coroutine<void> {
    if (limits !== undefined) checkLimits("join", limits);
    return new Join(this, limits);
  }

  /**
   * Let nothing be put any more. What is in the queue can still be taken; then `get()` throws and `for await` ends.
   *
   * Whoever waits in `put()` is refused, and whoever waits in `get()` if there is nothing left.
   *
   * @param options - `immediate`: drop the items that are left, as if each had been taken and its work done.
   */
  shutdown(options: { readonly immediate?: boolean | undefined } = {}): void {
    this.#isShutDown = true;
    if (options.immediate) this.#dropItems();
    this.getters.wake(this.getters.length);
    this.putters.wake(this.putters.length);
  }

  /**
   * The items as they come, until the queue is shut down and empty.
   *
   * Several can share a queue; each item goes to one of them. In a generator body, where there is no `for await`,
   * `yield* iterator.next()` does a step.
   */
  [Symbol.asyncIterator](): ItemIterator<T> {
    return iterateWith(() => new Next(this, undefined));
  }

  /** How things stand, for monitoring. */
  statistics(): QueueStatistics {
    return {
      size: this.qsize(),
      maxsize: this.maxsize,
      getting: this.getters.length,
      putting: this.putters.length,
      joining: this.joiners.length,
      unfinished: this.#unfinished,
      isShutDown: this.#isShutDown,
    };
  }

  toString(): string {
    const { size, getting, putting, unfinished, isShutDown } = this.statistics();
    const counts = Object.entries({ size, getting, putting, unfinished }).filter(([, count]) => count > 0);
    const shown = counts.map(([name, count]) => ` ${name}=${count}`).join("");
    return `<${this.constructor.name} maxsize=${this.maxsize}${shown}${isShutDown ? " shutdown" : ""}>`;
  }

  #nothing(): Error {
    if (this.#isShutDown) return new QueueShutDown("Cannot get from a queue that is shut down and empty");
    return new QueueEmpty("Cannot get from a queue that is empty");
  }

  #finish(): void {
    this.#unfinished--;
    if (this.#unfinished === 0) this.joiners.wake(this.joiners.length);
  }

  #dropItems(): void {
    while (!this.empty()) {
      this.#items.take();
      if (this.#unfinished > 0) this.#finish();
    }
  }
}

function checkMaxsize(maxsize: unknown): void {
  if (typeof maxsize !== "number") throw new TypeError(`The maxsize of a queue is a number, not ${show(maxsize)}`);
  if (Number.isNaN(maxsize)) throw new RangeError("The maxsize of a queue cannot be NaN");
}

function checkStorage(storage: Partial<QueueStorage<unknown>>): void {
  if (typeof storage.put === "function" && typeof storage.take === "function") return;
  throw new TypeError(`The storage of a queue has put() and take(), not so ${show(storage)}`);
}
