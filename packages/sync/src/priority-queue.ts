import { show } from "@asyncio-ts/contextvars";
import { compareItems } from "./compare-items.ts";
import { Queue } from "./queue.ts";
import { type Compare, SortedList } from "./sorted-list.ts";

/** How a priority queue is made. */
export interface PriorityQueueOptions<T> {
  /** Orders two items, as for `Array.prototype.sort`; by default numbers, strings and arrays as Python does. */
  readonly compare?: Compare<T> | undefined;
}

/**
 * A queue that hands out the lowest item first, and of equal ones that which was put first.
 *
 * Without `compare`, items are numbers or strings, or arrays of them: `[priority, data]` is ordered by its priority. Of
 * two with equal priorities the data is compared, as in Python; where it cannot be, give `compare`. What cannot be
 * compared with the items that are next to it is refused by `put()`, with nothing changed.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-queue.html#asyncio.PriorityQueue}
 *
 * @example
 * const queue = new PriorityQueue<[number, string]>();
 * for (const entry of [[2, "later"], [1, "now"]] as [number, string][]) await queue.put(entry);
 * await queue.get() // => [1, "now"]
 *
 * const jobs = new PriorityQueue<{ urgency: number }>(10, { compare: (a, b) => b.urgency - a.urgency });
 * for (const urgency of [1, 9, 5]) await jobs.put({ urgency });
 * await jobs.get() // => { urgency: 9 }
 */
export class PriorityQueue<T> extends Queue<T> {
  /** @throws {TypeError} `compare` is not a function. */
  constructor(maxsize = 0, options: PriorityQueueOptions<T> = {}) {
    const { compare = compareItems } = options;
    if (typeof compare !== "function") {
      throw new TypeError(`PriorityQueue() needs a function as compare, not ${show(compare)}`);
    }
    super(maxsize, { storage: new SortedList(compare) });
  }
}
