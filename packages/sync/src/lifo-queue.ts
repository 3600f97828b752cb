import { Queue, type QueueStorage } from "./queue.ts";

/**
 * A queue that hands out what was put in last.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-queue.html#asyncio.LifoQueue}
 *
 * @example
 * const queue = new LifoQueue<number>();
 * for (const n of [1, 3, 2]) queue.putNowait(n);
 * [await queue.get(), await queue.get(), await queue.get()] // => [2, 3, 1]
 */
export class LifoQueue<T> extends Queue<T> {
  constructor(maxsize = 0) {
    super(maxsize, { storage: new Stack<T>() });
  }
}

class Stack<T> implements QueueStorage<T> {
  readonly #items: T[] = [];

  get length(): number {
    return this.#items.length;
  }

  put(item: T): void {
    this.#items.push(item);
  }

  take(): T {
    return this.#items.pop() as T;
  }
}
