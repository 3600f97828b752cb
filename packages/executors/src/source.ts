import { show } from "@asyncio-ts/contextvars";
import { isAsyncIterable, isIterable } from "./iterables.ts";

type AnyIterator = Iterator<unknown> | AsyncIterator<unknown>;

/** Whatever is read, and whether it has to be closed: not if it has ended, or failed. */
export class Source {
  readonly #iterator: AnyIterator;
  #isOpen = true;

  /** @throws {TypeError} `items` is not iterable. */
  constructor(items: unknown) {
    this.#iterator = iteratorOf(items);
  }

  async next(): Promise<IteratorResult<unknown>> {
    try {
      const step = await this.#iterator.next();
      if (step.done === true) this.#isOpen = false;
      return step;
    } catch (error) {
      this.#isOpen = false;
      throw error;
    }
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#iterator.return?.();
  }
}

function iteratorOf(items: unknown): AnyIterator {
  if (isAsyncIterable(items)) return items[Symbol.asyncIterator]();
  if (isIterable(items)) return items[Symbol.iterator]();
  throw new TypeError(`map() needs an iterable, not ${show(items)}`);
}
