import type { Runnable } from "./scheduler.ts";

/**
 * Holds what is ready until its turn comes.
 *
 * A loop runs what it gets from here, so this decides the order in which things run; its own queue gives them back first
 * in, first out. Another one is for tools that try out other orders: see `EventLoopOptions.readyQueue`.
 */
export interface RunnableQueue {
  /** How many it holds. */
  readonly length: number;
  /** Something has become ready: scheduled by what `shift()` gave out last, or a timer that is due. */
  push(runnable: Runnable): void;
  /** Take out what is to run next, which begins when this returns; never called while the queue is empty. */
  shift(): Runnable;
  /** Take out all. */
  clear(): Runnable[];
  /** The loop has nothing to do for now: a moment to give back memory. */
  shrink(): void;
}

const initialCapacity = 64;
/** A ring with fewer slots is kept: a program of that size would only make it again. */
const shrinkAbove = 16_384;

/**
 * What is to be run, first in, first out.
 *
 * A ring in an array whose length is a power of two; `#head === #tail` means empty, so one slot always stays free. It
 * grows by doubling, and a large one falls back to its first size when the loop finds it empty and goes to rest, so a
 * burst does not cost memory for ever.
 */
export class ReadyQueue implements RunnableQueue {
  #slots: (Runnable | undefined)[] = new Array(initialCapacity);
  #mask = initialCapacity - 1;
  #head = 0;
  #tail = 0;

  get length(): number {
    return (this.#tail - this.#head) & this.#mask;
  }

  push(runnable: Runnable): void {
    this.#slots[this.#tail] = runnable;
    this.#tail = (this.#tail + 1) & this.#mask;
    if (this.#tail === this.#head) this.#grow();
  }

  /** Take the first; the queue must not be empty. */
  shift(): Runnable {
    const runnable = this.#slots[this.#head] as Runnable;
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & this.#mask;
    return runnable;
  }

  /** Take all. */
  clear(): Runnable[] {
    const all: Runnable[] = [];
    while (this.length > 0) all.push(this.shift());
    this.shrink();
    return all;
  }

  /** Give back the memory of a past burst; does nothing while anything is queued. */
  shrink(): void {
    if (this.length > 0 || this.#mask < shrinkAbove) return;
    this.#slots = new Array(initialCapacity);
    this.#mask = initialCapacity - 1;
    this.#head = this.#tail = 0;
  }

  #grow(): void {
    const size = this.#slots.length;
    const grown = new Array<Runnable | undefined>(size * 2);
    for (let i = 0; i < size; i++) grown[i] = this.#slots[(this.#head + i) & this.#mask];
    this.#slots = grown;
    this.#mask = size * 2 - 1;
    this.#head = 0;
    this.#tail = size;
  }
}
