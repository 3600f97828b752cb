import { RuntimeError } from "@asyncio-ts/contextvars";
import type { Seconds } from "./host.ts";
import type { Timer, TimerHolder } from "./scheduler.ts";

/** Fewer cancelled timers than this are never purged: they cost less than the purge. */
const purgeAbove = 100;

/**
 * The timers of a loop, soonest first.
 *
 * A binary heap, ordered by deadline and then by arrival, so equal deadlines run in the order in which they
 * were asked for. Cancelling a timer only marks it. Marked timers are dropped when they are met at the top, or all at
 * once when they are more than half. So the loop never wakes, and virtual time never jumps, for a cancelled timer.
 */
export class TimerHeap implements TimerHolder {
  #heap: Timer[] = [];
  #cancelled = 0;
  #arrivals = 0;
  readonly #onCancel: () => void;

  /** @param onCancel - Called after a timer that is held was cancelled. */
  constructor(onCancel: () => void = () => {}) {
    this.#onCancel = onCancel;
  }

  /** How many timers are held, cancelled ones included. */
  get size(): number {
    return this.#heap.length;
  }

  /** How many of them are cancelled. */
  get cancelled(): number {
    return this.#cancelled;
  }

  /**
   * Hold `timer` until it is due; one that is dropped already is passed over.
   *
   * @throws {RuntimeError} The timer is held already, here or elsewhere.
   */
  push(timer: Timer): void {
    if (timer.heldBy !== null) throw new RuntimeError("Cannot schedule a timer that is scheduled already");
    if (timer.isDropped()) return;
    timer.order = this.#arrivals++;
    timer.heldBy = this;
    this.#heap.push(timer);
    this.#siftUp(this.#heap.length - 1);
  }

  /** The deadline of the next live timer, or `null`. */
  nextDeadline(): Seconds | null {
    this.#purge();
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (!top.isDropped()) return top.when();
      this.#cancelled--;
      this.#pop();
    }
    return null;
  }

  /** Take the next live timer if it is due at `now`. */
  takeDue(now: Seconds): Timer | null {
    const next = this.nextDeadline();
    return next !== null && next <= now ? this.#pop() : null;
  }

  clear(): void {
    for (const timer of this.#heap) timer.heldBy = null;
    this.#heap = [];
    this.#cancelled = 0;
  }

  timerDropped(): void {
    this.#cancelled++;
    this.#onCancel();
  }

  /** Drop all cancelled timers when they are many: a heap of abandoned timeouts would only grow. */
  #purge(): void {
    if (this.#cancelled <= purgeAbove || this.#cancelled * 2 <= this.#heap.length) return;
    for (const timer of this.#heap) if (timer.isDropped()) timer.heldBy = null;
    this.#heap = this.#heap.filter((timer) => !timer.isDropped());
    this.#cancelled = 0;
    for (let i = (this.#heap.length >> 1) - 1; i >= 0; i--) this.#siftDown(i);
  }

  #pop(): Timer {
    const top = this.#heap[0] as Timer;
    const last = this.#heap.pop() as Timer;
    if (this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#siftDown(0);
    }
    top.heldBy = null;
    return top;
  }

  #siftUp(start: number): void {
    const heap = this.#heap;
    const timer = heap[start] as Timer;
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent] as Timer;
      if (!isSooner(timer, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = timer;
  }

  #siftDown(start: number): void {
    const heap = this.#heap;
    const timer = heap[start] as Timer;
    const firstLeaf = heap.length >> 1;
    let index = start;
    while (index < firstLeaf) {
      let child = 2 * index + 1;
      if (child + 1 < heap.length && isSooner(heap[child + 1] as Timer, heap[child] as Timer)) child++;
      const below = heap[child] as Timer;
      if (!isSooner(below, timer)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = timer;
  }
}

function isSooner(a: Timer, b: Timer): boolean {
  if (a.when() === b.when()) return a.order < b.order; // a difference would be NaN between infinities
  return a.when() < b.when();
}
