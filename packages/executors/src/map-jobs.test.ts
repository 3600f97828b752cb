import { describe, expect, test } from "vitest";
import { failureOf } from "../test/pools.ts";
import { ExecutorFuture } from "./executor-future.ts";
import { type MapLine, mapJobs } from "./map-jobs.ts";

/** A line that answers each item, or chunk, at once. */
const echo: MapLine = {
  ahead: 2,
  waitForRoom: async () => {},
  submit: (argument) => {
    const future = new ExecutorFuture<unknown>();
    future.setResult(argument);
    return future;
  },
};

async function listOf(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const list: unknown[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** Something that can be awaited, and is no promise. */
function thenable<T>(value: T): PromiseLike<T> {
  return { then: (onFulfilled) => Promise.resolve(value).then(onFulfilled) };
}

/** Counts to `n` by what can be awaited, or fails there; `closed` says how often it was left. */
function makeSource(n: number, options: { failsAtEnd?: boolean; makeStep?: <T>(step: T) => unknown } = {}) {
  const { failsAtEnd = false, makeStep = thenable } = options;
  const source = {
    closed: 0,
    count: 0,
    next() {
      if (failsAtEnd && source.count === n) throw new RangeError("no more");
      return makeStep({ done: source.count === n, value: ++source.count });
    },
    return() {
      source.closed++;
      return makeStep({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]: () => source,
  };
  return source as typeof source & AsyncIterable<number>;
}

describe("mapJobs()", () => {
  test.each([1, 2])("awaits a source whose steps are no promises, in chunks of %i", async (chunkSize) => {
    const source = makeSource(3);
    expect(await listOf(mapJobs(echo, source, { chunkSize }))).toEqual([1, 2, 3]);
    expect(source.closed).toBe(0);
  });

  test.each([1, 2])("closes a source that it leaves, in chunks of %i", async (chunkSize) => {
    const source = makeSource(9);
    for await (const _ of mapJobs(echo, source, { chunkSize })) break;
    expect(source.closed).toBe(1);
  });

  test.each([1, 2])("does not close a source that has failed, in chunks of %i", async (chunkSize) => {
    const source = makeSource(3, { failsAtEnd: true });
    expect(await failureOf(listOf(mapJobs(echo, source, { chunkSize })))).toMatchObject({ message: "no more" });
    expect(source.closed).toBe(0);
  });

  test("waits for room when it has an item, so that a slow source does not lose its place", async () => {
    const log: string[] = [];
    const line: MapLine = {
      ...echo,
      waitForRoom: async () => void log.push("room"),
      submit: (argument, isChunk) => {
        log.push(`submit ${argument}`);
        return echo.submit(argument, isChunk);
      },
    };
    const makeStep = <T>(step: T): T => {
      log.push("read");
      return step;
    };
    await listOf(mapJobs(line, makeSource(1, { makeStep }), {}));
    expect(log).toEqual(["read", "room", "submit 1", "read"]);
  });
});
