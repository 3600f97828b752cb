import { show } from "@asyncio-ts/contextvars";
import { type Body, type Coroutine, checkLimits, coroutine } from "@asyncio-ts/tasks";
import { checkLimit } from "./awaitables.ts";
import { Mapping, type Source } from "./mapping.ts";

/** How much `map()` does at a time, and in which order it gives the results. */
export interface MapOptions {
  /** How many items may be held at a time: those that are worked on, and results that nobody has taken yet. */
  readonly limit: number;
  /** Give the results in the order of the items, which is the default; or else as they are ready. */
  readonly ordered?: boolean | undefined;
  /** Ends everything when it is aborted; the consumer then gets its reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The results of `map()`: for `for await`, or in a generator body, step by step with `yield* results.next()`.
 *
 * Whoever leaves early calls `return()`, as `break` in a `for await` does by itself.
 */
export interface MappedResults<T> extends AsyncIterableIterator<T, undefined> {
  next(): Promise<IteratorResult<T, undefined>> & Coroutine<IteratorResult<T, undefined>>;
  /** Cancel what is worked on, and wait until all of it has ended. */
  return(): Promise<IteratorReturnResult<undefined>> & Coroutine<IteratorReturnResult<undefined>>;
  /** Wait for all results. */
  toArray(): Promise<T[]> & Coroutine<T[]>;
  [Symbol.asyncIterator](): MappedResults<T>;
  /** As `return()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> & Coroutine<void>;
}

/**
 * Call `fn` for each item, for at most `limit` of them at a time, and give the results.
 *
 * Lazy: nothing happens before the first result is asked for, and an item is pulled only when there is room for it. So
 * neither the items nor the results have to fit into memory, and the items may be endless. Each call is a task of its own.
 *
 * The first failure ends everything: the others are cancelled, and when all of them have ended, the consumer gets the
 * error.
 *
 * @param items - An iterable, or an async iterable: that is pulled in a task of its own.
 * @param fn - Gets the item and its index; an `async` function, a generator function, or one that returns an awaitable.
 * @throws {TypeError} `items` cannot be iterated, or `fn` is not a function.
 * @throws {RangeError} `limit` is not a whole number above 0.
 *
 * ## Cancellation
 * If the consumer is cancelled while it waits for a result, so is all the work; the cancellation goes on when all of it has
 * ended. An abort of `signal` does the same, and the consumer gets its reason.
 *
 * @example
 * const pages = map(["a", "b", "c"], (url) => sleep(0.01, `page ${url}`), { limit: 2 });
 * const got: string[] = [];
 * for await (const page of pages) got.push(page);
 * got // => ["page a", "page b", "page c"]
 */
export function map<In, Out>(
  items: Iterable<In> | AsyncIterable<In>,
  fn: Body<[item: In, index: number], Out>,
  options: MapOptions,
): MappedResults<Out> {
  if (typeof fn !== "function") throw new TypeError(`map() needs a function, not ${show(fn)}`);
  checkLimits("map", options);
  const { limit, ordered = true, signal } = options;
  checkLimit("map", limit);
  const mapping = new Mapping<Out>({
    source: sourceOf(items),
    fn: fn as Body<[unknown, number], Out>,
    limit,
    ordered,
    signal,
  });
  const results = {
    next: () => nextResult(mapping),
    return: () => leave(mapping),
    toArray: () => toArray(mapping),
    [Symbol.asyncDispose]: () => leave(mapping) as Coroutine<unknown>,
    [Symbol.asyncIterator]: () => results,
  } as MappedResults<Out>; // a coroutine is a promise in all but its Symbol.toStringTag
  return results;
}

const nextResult = coroutine(function* map<Out>(mapping: Mapping<Out>) {
  return yield* mapping.next();
});

const leave = coroutine(function* map(mapping: Mapping<unknown>) {
  return yield* mapping.close();
});

const toArray = coroutine(function* map<Out>(mapping: Mapping<Out>) {
  const results: Out[] = [];
  for (let step = yield* mapping.next(); !step.done; step = yield* mapping.next()) results.push(step.value);
  return results;
});

function sourceOf(items: unknown): Source {
  const asyncIterator = (items as Partial<AsyncIterable<unknown>> | null | undefined)?.[Symbol.asyncIterator];
  if (typeof asyncIterator === "function") return { kind: "async", open: () => asyncIterator.call(items) };
  const iterator = (items as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator];
  if (typeof iterator === "function") return { kind: "sync", open: () => iterator.call(items) };
  throw new TypeError(`map() needs an iterable or an async iterable, not ${show(items)}`);
}
