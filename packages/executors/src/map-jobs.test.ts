import { createTask, sleep } from "@asyncio-ts/tasks";
import { runVirtual } from "@asyncio-ts/tasks/testing";
import { describe, expect, test, vi } from "vitest";
import { failureOf } from "../test/pools.ts";
import { ExecutorFuture } from "./executor-future.ts";
import { mapJobs } from "./map-jobs.ts";
import type { MapLine } from "./read-ahead.ts";

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

  test.each([1, 2])("gives a result that is there while the source pauses, in chunks of %i", async (chunkSize) => {
    const { source, closed } = pausing(4);
    const read: unknown[] = [];
    for await (const item of mapJobs(echo, source, { chunkSize, bufferSize: 100 })) {
      read.push(item);
      if (read.length === 4) break; // does not wait for the next item
    }
    expect(read).toEqual([0, 1, 2, 3]);
    expect(closed()).toBe(chunkSize === 1 ? 1 : 0); // a generator that is busy is closed later
  });

  test("ends at an abort, whatever its jobs and its source do", async () => {
    const line: MapLine = { ...echo, submit: () => new ExecutorFuture({ cancel: () => false, running: () => true }) };
    for (const source of [[1, 2, 3], pausing(0).source]) {
      const controller = new AbortController();
      const next = mapJobs(line, source, { signal: controller.signal }).next();
      await new Promise((resolve) => setImmediate(resolve));
      controller.abort(new Error("enough"));
      expect((await failureOf(next)).message).toBe("enough");
    }
  });

  test("reads no further than the buffer is wide, also while its results are not taken", async () => {
    const source = makeSource(100);
    const results = mapJobs(echo, source, { bufferSize: 3 });
    await results.next();
    await new Promise((resolve) => setImmediate(resolve));
    expect(source.count).toBeLessThanOrEqual(4);
    await results.return?.();
  });

  test.each<[string, (fail: () => never) => AsyncGenerator<number>]>([
    [
      "fails ahead of the reader",
      async function* (fail) {
        yield 1;
        fail();
      },
    ],
    [
      "fails while an item is on its way",
      async function* (fail) {
        yield 1;
        await new Promise((resolve) => setImmediate(resolve));
        fail();
      },
    ],
    [
      "fails when it is closed",
      async function* (fail) {
        try {
          yield 1;
          await new Promise((resolve) => setImmediate(resolve));
          yield 2;
        } finally {
          fail();
        }
      },
    ],
  ])("prints that a source that was left %s", async (_how, make) => {
    const printed = vi.spyOn(console, "error").mockImplementation(() => {});
    const source = make(() => {
      throw new RangeError("no more");
    });
    for await (const _ of mapJobs(echo, source, {})) break;
    await vi.waitFor(() => expect(printed).toHaveBeenCalledTimes(1));
    expect(String(printed.mock.calls[0])).toMatch(/A source failed behind a map\(\) that was left[\s\S]*no more/);
    printed.mockRestore();
  });

  test("a task that is cancelled leaves the source, the jobs and the line", async () => {
    const log: string[] = [];
    const job = { cancel: () => log.push("job") > 0, running: () => true };
    const line: MapLine = { ...echo, submit: () => new ExecutorFuture(job) };
    async function* items(): AsyncGenerator<number> {
      try {
        yield 1;
        await sleep(1_000);
      } finally {
        log.push("source");
      }
    }
    await runVirtual(async () => {
      const task = createTask(async () => listOf(mapJobs(line, items(), {})));
      await sleep(1);
      task.cancel();
      expect((await failureOf(task)).name).toBe("CancelledError");
      await sleep(1);
      expect(log.sort()).toEqual(["job", "source"]);
    });
  });
});

/** Counts to `n`, and then waits for ever. */
function pausing(n: number): { source: AsyncIterable<number>; closed: () => number } {
  let count = 0;
  let closed = 0;
  const iterator = {
    next: () => (count < n ? Promise.resolve({ done: false as const, value: count++ }) : new Promise<never>(() => {})),
    return: async () => {
      closed++;
      return { done: true as const, value: undefined };
    },
  };
  return { source: { [Symbol.asyncIterator]: () => iterator }, closed: () => closed };
}
