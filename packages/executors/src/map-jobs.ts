import { show } from "@asyncio-ts/contextvars";
import { addAbortListener, removeAbortListener } from "@asyncio-ts/tasks";
import type { ExecutorMapOptions } from "./executor.ts";
import { type MapLine, ReadAhead } from "./read-ahead.ts";
import { Source } from "./source.ts";

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
  const source = new Source(items);
  const limit = Math.max(1, Math.floor(bufferSize / chunkSize));
  if (chunkSize === 1) return inOrder(new ReadAhead(line, source, limit, false), signal);
  return flatten(inOrder(new ReadAhead(line, new Source(chunks(source, chunkSize)), limit, true), signal));
}

async function* inOrder(ahead: ReadAhead, signal: AbortSignal | undefined): AsyncGenerator<unknown> {
  const endAll = (): void => {
    ahead.cancelAll(signal?.reason);
    ahead.ring();
  };
  if (signal !== undefined) addAbortListener(signal, endAll);
  try {
    for (;;) {
      signal?.throwIfAborted();
      ahead.read();
      if (ahead.hasResult) yield ahead.take();
      else if (ahead.isOver) return;
      else await ahead.news();
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    if (signal !== undefined) removeAbortListener(signal, endAll);
    await ahead.close(signal?.reason);
  }
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
