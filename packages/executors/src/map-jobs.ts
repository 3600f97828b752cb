import { show } from "@asyncio-ts/contextvars";
import { addAbortListener, removeAbortListener } from "@asyncio-ts/tasks";
import type { ExecutorMapOptions } from "./executor.ts";
import type { ExecutorFuture } from "./executor-future.ts";
import { isAsyncIterable, isIterable } from "./iterables.ts";

/** What `map` needs of its pool. */
export interface MapLine {
  /** Run one job: for one item, or for each item of a chunk. */
  submit(argument: unknown, isChunk: boolean): ExecutorFuture<unknown>;
  waitForRoom(): Promise<void>;
  /** How many items to have under way unless told otherwise. */
  readonly ahead: number;
}

/** Results in the order of the items; at most `bufferSize` items are under way, or wait to be read. */
export function mapJobs(
  line: MapLine,
  items: Iterable<unknown> | AsyncIterable<unknown>,
  options: ExecutorMapOptions,
): AsyncIterableIterator<unknown> {
  const { chunkSize = 1, bufferSize = line.ahead * chunkSize, signal } = options;
  for (const [name, value] of Object.entries({ chunkSize, bufferSize })) {
    if (!Number.isInteger(value) || value < 1) throw new RangeError(`map() needs a whole ${name}, not ${show(value)}`);
  }
  const source = new Source(iteratorOf(items));
  const limit = Math.max(1, Math.floor(bufferSize / chunkSize));
  return chunkSize === 1
    ? inOrder(line, source, limit, signal)
    : flatten(inOrder(line, new Source(chunks(source, chunkSize)), limit, signal, true));
}

type AnyIterator = Iterator<unknown> | AsyncIterator<unknown>;

/** Whatever is read, and whether it has to be closed: not if it has ended, or failed. */
class Source {
  readonly #iterator: AnyIterator;
  #isOpen = true;

  constructor(iterator: AnyIterator) {
    this.#iterator = iterator;
  }

  async next(): Promise<IteratorResult<unknown>> {
    this.#isOpen = false;
    const step = await this.#iterator.next();
    this.#isOpen = step.done !== true;
    return step;
  }

  async close(): Promise<void> {
    if (this.#isOpen) await this.#iterator.return?.();
  }
}

async function* inOrder(
  line: MapLine,
  source: Source,
  limit: number,
  signal: AbortSignal | undefined,
  isChunk = false,
): AsyncGenerator<unknown> {
  const underWay: ExecutorFuture<unknown>[] = [];
  let hasMore = true;
  const cancelAll = (): void => {
    for (const future of underWay) future.cancel(signal?.reason);
  };
  if (signal !== undefined) addAbortListener(signal, cancelAll);
  try {
    for (;;) {
      while (hasMore && underWay.length < limit) {
        signal?.throwIfAborted();
        const { done, value } = await source.next();
        hasMore = done !== true;
        if (!hasMore) break;
        await line.waitForRoom(); // not before: a place is not kept for as long as a source may take
        underWay.push(line.submit(value, isChunk));
      }
      const first = underWay[0];
      if (first === undefined) return;
      const result = await first;
      signal?.throwIfAborted();
      underWay.shift();
      yield result;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    if (signal !== undefined) removeAbortListener(signal, cancelAll);
    for (const future of underWay) abandon(future, signal?.reason);
    await source.close();
  }
}

/** Nobody will read it: its exception is nobody's business either. */
function abandon(future: ExecutorFuture<unknown>, reason: unknown): void {
  future.addDoneCallback(() => future.failure());
  future.cancel(reason);
}

async function* chunks(source: Source, size: number): AsyncGenerator<unknown[]> {
  let chunk: unknown[] = [];
  try {
    for (let step = await source.next(); step.done !== true; step = await source.next()) {
      chunk.push(step.value);
      if (chunk.length < size) continue;
      yield chunk;
      chunk = [];
    }
    if (chunk.length > 0) yield chunk;
  } finally {
    await source.close();
  }
}

async function* flatten(results: AsyncGenerator<unknown>): AsyncGenerator<unknown> {
  for await (const chunk of results) yield* chunk as unknown[];
}

function iteratorOf(items: unknown): AnyIterator {
  if (isAsyncIterable(items)) return items[Symbol.asyncIterator]();
  if (isIterable(items)) return items[Symbol.iterator]();
  throw new TypeError(`map() needs an iterable, not ${show(items)}`);
}
