import { show } from "@asyncio-ts/contextvars";
import type { QueueStorage } from "./queue.ts";

/** Negative if `a` comes before `b`, positive if it comes after it, 0 if that does not matter. */
export type Compare<T> = (a: T, b: T) => number;

/** A longer run is cut in two: to insert in the middle of an array costs what is behind it. */
const runAtMost = 256;

/**
 * Items in order, the first to be taken first; equal ones in the order in which they were put.
 *
 * They are compared when they are put, each with both of its neighbours to be, and never afterwards. So an item that
 * cannot be compared is refused before anything was changed, and to take one cannot fail. (In a heap, items first meet
 * long after they were put, when others are taken.)
 *
 * Runs of items, none empty, one behind the other in descending order: the next is the last of the last run. A new item
 * goes before the first that is not greater, found by bisection among the runs and then within one.
 */
export class SortedList<T> implements QueueStorage<T> {
  readonly #compare: Compare<T>;
  readonly #runs: T[][] = [];
  #length = 0;

  constructor(compare: Compare<T>) {
    this.#compare = compare;
  }

  get length(): number {
    return this.#length;
  }

  put(item: T): void {
    const runs = this.#runs;
    if (runs.length === 0) this.#order(item, item); // refuses what can be compared with nothing
    const isGreater = (other: T): boolean => this.#order(other, item) > 0;
    const index = bisect(runs.length, (i) => isGreater((runs[i] as T[]).at(-1) as T));
    if (index === runs.length) this.#append(item);
    else this.#insert(index, item, isGreater);
    this.#length++;
  }

  take(): T {
    const last = this.#runs.at(-1) as T[];
    const item = last.pop() as T;
    if (last.length === 0) this.#runs.pop();
    this.#length--;
    return item;
  }

  /** Put an item behind all others. */
  #append(item: T): void {
    const last = this.#runs.at(-1);
    if (last === undefined || last.length === runAtMost) this.#runs.push([item]);
    else last.push(item);
  }

  #insert(index: number, item: T, isGreater: (other: T) => boolean): void {
    const run = this.#runs[index] as T[];
    const place = bisect(run.length - 1, (i) => isGreater(run[i] as T));
    run.splice(place, 0, item);
    if (run.length > runAtMost) this.#runs.splice(index + 1, 0, run.splice(run.length >> 1));
  }

  #order(a: T, b: T): number {
    const order = this.#compare(a, b);
    if (typeof order === "number" && !Number.isNaN(order)) return order;
    throw new TypeError(`compare() of a priority queue answers a number, not ${show(order)}`);
  }
}

/** The first of `count` numbers for which `isBefore` does not hold; it holds for all before that, and for none behind it. */
function bisect(count: number, isBefore: (index: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
