import { RuntimeError } from "@asyncio-ts/contextvars";
import type { Seconds } from "./host.ts";
import type { Timer, TimerHolder } from "./scheduler.ts";

/** Fewer cancelled timers than this are never purged: they cost less than the purge. */
const purgeAbove = 100;

/** Children of a node: with four, a heap is half as deep as with two, and siblings lie beside each other in memory. */
const arity = 4;

/**
 * The timers of a loop, soonest first.
 *
 * A heap, ordered by deadline and then by arrival, so equal deadlines run in the order in which they were asked for.
 * Cancelling a timer only marks it. Marked timers are dropped when they are met at the top, or all at once when they are
 * more than half. So the loop never wakes, and virtual time never jumps, for a cancelled timer.
 *
 * The keys are kept in arrays of their own, beside that of the timers: to compare two timers takes two numbers from them,
 * instead of a visit to two objects. With a million timers that is a quarter of the price.
 */
export class TimerHeap implements TimerHolder {
  #deadlines: Seconds[] = [];
  #arrivals: number[] = [];
  #timers: Timer[] = [];
  #cancelled = 0;
  #arrived = 0;
  readonly #onCancel: () => void;

  /** @param onCancel - Called after a timer that is held was cancelled. */
  constructor(onCancel: () => void = () => {}) {
    this.#onCancel = onCancel;
  }

  /** How many timers are held, cancelled ones included. */
  get size(): number {
    return this.#timers.length;
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
    timer.heldBy = this;
    this.#siftUp(this.#timers.length, timer.when(), this.#arrived++, timer);
  }

  /** The deadline of the next live timer, or `null`. */
  nextDeadline(): Seconds | null {
    while (this.#timers.length > 0) {
      if (!(this.#timers[0] as Timer).isDropped()) return this.#deadlines[0] as Seconds;
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
    for (const timer of this.#timers) timer.heldBy = null;
    this.#truncate(0);
    this.#cancelled = 0;
  }

  timerDropped(): void {
    this.#cancelled++;
    if (this.#cancelled > purgeAbove && this.#cancelled * 2 > this.#timers.length) this.#purge();
    this.#onCancel();
  }

  /** Drop all cancelled timers: a heap of abandoned timeouts would only grow. */
  #purge(): void {
    let kept = 0;
    for (const [index, timer] of this.#timers.entries()) {
      if (timer.isDropped()) timer.heldBy = null;
      else this.#move(index, kept++);
    }
    this.#truncate(kept);
    this.#cancelled = 0;
    for (let index = parentOf(kept - 1); index >= 0; index--) this.#settle(index);
  }

  #settle(index: number): void {
    const deadline = this.#deadlines[index] as Seconds;
    this.#siftDown(index, deadline, this.#arrivals[index] as number, this.#timers[index] as Timer);
  }

  #pop(): Timer {
    const top = this.#timers[0] as Timer;
    const deadline = this.#deadlines.pop() as Seconds;
    const arrival = this.#arrivals.pop() as number;
    const last = this.#timers.pop() as Timer;
    if (this.#timers.length > 0) this.#siftDown(0, deadline, arrival, last);
    top.heldBy = null;
    return top;
  }

  /** Put a timer at `start`, or further up if timers above it are due after it. */
  #siftUp(start: number, deadline: Seconds, arrival: number, timer: Timer): void {
    let index = start;
    while (index > 0 && !this.#isBefore(parentOf(index), deadline, arrival)) {
      this.#move(parentOf(index), index);
      index = parentOf(index);
    }
    this.#put(index, deadline, arrival, timer);
  }

  /** Put a timer at `start`, or further down if timers below it are due before it. */
  #siftDown(start: number, deadline: Seconds, arrival: number, timer: Timer): void {
    let index = start;
    for (let child = this.#soonestChild(index); child !== 0; child = this.#soonestChild(index)) {
      if (!this.#isBefore(child, deadline, arrival)) break;
      this.#move(child, index);
      index = child;
    }
    this.#put(index, deadline, arrival, timer);
  }

  /** The child of `index` that is due first; 0 if there is none. */
  #soonestChild(index: number): number {
    const first = arity * index + 1;
    const end = Math.min(first + arity, this.#timers.length);
    if (first >= end) return 0;
    let soonest = first;
    for (let child = first + 1; child < end; child++) {
      const deadline = this.#deadlines[soonest] as Seconds;
      if (this.#isBefore(child, deadline, this.#arrivals[soonest] as number)) soonest = child;
    }
    return soonest;
  }

  /** Whether the timer at `index` is due before one with this deadline and arrival. */
  #isBefore(index: number, deadline: Seconds, arrival: number): boolean {
    const own = this.#deadlines[index] as Seconds;
    return own < deadline || (own === deadline && (this.#arrivals[index] as number) < arrival);
  }

  #put(index: number, deadline: Seconds, arrival: number, timer: Timer): void {
    this.#deadlines[index] = deadline;
    this.#arrivals[index] = arrival;
    this.#timers[index] = timer;
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#deadlines[from] as Seconds, this.#arrivals[from] as number, this.#timers[from] as Timer);
  }

  #truncate(length: number): void {
    this.#deadlines.length = this.#arrivals.length = this.#timers.length = length;
  }
}

function parentOf(index: number): number {
  return (index - 1) >> 2; // arity is 4
}
