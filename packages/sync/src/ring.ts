import type { QueueStorage } from "./queue.ts";

const initialCapacity = 16;
/** A ring with fewer slots is kept when it is empty: a program of that size would only make it again. */
const shrinkAbove = 16_384;

/**
 * Items, first in, first out.
 *
 * A ring in an array whose length is a power of two. It grows by doubling, and a large one falls back to its first size
 * when the last item is taken, so a burst does not cost memory for ever. A slot that was left holds nothing.
 */
export class Ring<T> implements QueueStorage<T> {
  #slots: (T | undefined)[] = new Array(initialCapacity);
  #mask = initialCapacity - 1;
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  put(item: T): void {
    if (this.#length > this.#mask) this.#grow();
    this.#slots[(this.#head + this.#length) & this.#mask] = item;
    this.#length++;
  }

  take(): T {
    const item = this.#slots[this.#head] as T;
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & this.#mask;
    this.#length--;
    if (this.#length === 0 && this.#mask >= shrinkAbove) this.#shrink();
    return item;
  }

  #grow(): void {
    const size = this.#slots.length;
    const grown = new Array<T | undefined>(size * 2);
    for (let i = 0; i < size; i++) grown[i] = this.#slots[(this.#head + i) & this.#mask];
    this.#slots = grown;
    this.#mask = size * 2 - 1;
    this.#head = 0;
  }

  #shrink(): void {
    this.#slots = new Array(initialCapacity);
    this.#mask = initialCapacity - 1;
    this.#head = 0;
  }
}
