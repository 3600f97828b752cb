import type { Coroutine } from "@asyncio-ts/tasks";

type Step<T> = IteratorResult<T, undefined>;

/** Iterates over items as they come; each step can be awaited with `await` and with `yield*`. */
export interface ItemIterator<T> extends AsyncIterableIterator<T, undefined> {
  next(): Promise<Step<T>> & Coroutine<Step<T>>;
  [Symbol.asyncIterator](): ItemIterator<T>;
}

/** The iterator whose steps are the coroutines that `next` makes. */
export function iterateWith<T>(next: () => Coroutine<Step<T>>): ItemIterator<T> {
  const iterator = {
    next,
    [Symbol.asyncIterator]: () => iterator,
  } as ItemIterator<T>; // a coroutine is a promise in all but its Symbol.toStringTag
  return iterator;
}
