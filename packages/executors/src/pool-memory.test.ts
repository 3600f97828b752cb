/** What jobs leave behind: nothing. The limits are generous; a leak of a few words for each job is well beyond them. */

import { afterEach, describe, expect, test } from "vitest";
import { type AnyPool, jobs, untilRunning } from "../test/pools.ts";
import { inline } from "./inline.ts";
import { ProcessPoolExecutor } from "./process-pool-executor.ts";
import { ThreadPoolExecutor } from "./thread-pool-executor.ts";

const patience = 60_000;

let pool: AnyPool;
afterEach(() => pool.shutdown({ cancelFutures: true }));

/** How many bytes of its heap a worker uses once what is garbage is gone. */
const heapOfWorker = inline(() => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
});

async function heapHere(): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve));
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

/** Run so many jobs, a thousand at a time. */
async function flood(count: number, submit: (n: number) => PromiseLike<unknown>): Promise<void> {
  const lane = async (): Promise<void> => {
    for (let n = 0; n < count / 1_000; n++) await submit(n);
  };
  await Promise.all(Array.from({ length: 1_000 }, lane));
}

interface Heaps {
  readonly here: number;
  readonly inWorker: number;
}

async function heaps(): Promise<Heaps> {
  return { here: await heapHere(), inWorker: await pool.submit(heapOfWorker) };
}

/**
 * By how many bytes the heaps here and in the worker grow for each of `count` jobs, once `warmUp` have warmed them up.
 *
 * The smaller growth of two halves: what leaks does so in both, what V8 keeps for itself at some time in one of them.
 */
async function growth(count: number, warmUp: number, submit: (n: number) => PromiseLike<unknown>): Promise<Heaps> {
  await flood(warmUp, submit);
  const first = await heaps();
  await flood(count / 2, submit);
  const middle = await heaps();
  await flood(count / 2, submit);
  const last = await heaps();
  const least = (of: keyof Heaps): number => Math.min(middle[of] - first[of], last[of] - middle[of]) / (count / 2);
  return { here: least("here"), inWorker: least("inWorker") };
}

describe("the heaps stay as they are", () => {
  test("after 1,000,000 jobs on threads", { timeout: patience }, async () => {
    expect(globalThis.gc).toBeTypeOf("function");
    pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    const { here, inWorker } = await growth(1_000_000, 50_000, (n) => pool.submit(jobs.add, n, 1));
    expect(here).toBeLessThan(4);
    expect(inWorker).toBeLessThan(4);
  });

  test("after 100,000 jobs on processes", { timeout: patience }, async () => {
    pool = new ProcessPoolExecutor({ maxWorkers: 1 });
    const { here, inWorker } = await growth(100_000, 20_000, (n) => pool.submit(jobs.add, n, 1));
    expect(here).toBeLessThan(20);
    expect(inWorker).toBeLessThan(20);
  });

  test("after 100,000 jobs that were written where they are submitted", { timeout: patience }, async () => {
    pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    const submit = (n: number): PromiseLike<number> =>
      pool.submit(
        inline((n: number) => n + 1),
        n,
      );
    const { here, inWorker } = await growth(100_000, 20_000, submit);
    expect(here).toBeLessThan(20);
    expect(inWorker).toBeLessThan(20);
  });

  test("after 20,000 jobs with a signal, a time limit and somebody to report to", { timeout: patience }, async () => {
    pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    const { signal } = new AbortController();
    const options = { signal, timeout: 60, gracePeriod: 1, onProgress: () => {} };
    const { here, inWorker } = await growth(20_000, 10_000, (n) => pool.submitWith(options, jobs.add, n, 1));
    expect(here).toBeLessThan(50);
    expect(inWorker).toBeLessThan(50);
  });

  test("after 20,000 jobs that fail, and as many that are cancelled", { timeout: patience }, async () => {
    pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    const submit = async (n: number): Promise<void> => {
      await pool.submit(jobs.fail, "no").catch(() => {});
      const cancelled = pool.submit(jobs.add, n, 1);
      cancelled.cancel();
      await cancelled.catch(() => {});
    };
    const { here, inWorker } = await growth(20_000, 5_000, submit);
    expect(here).toBeLessThan(50);
    expect(inWorker).toBeLessThan(50);
  });
});

test.each([
  { kind: "thread", Pool: ThreadPoolExecutor },
  { kind: "process", Pool: ProcessPoolExecutor },
])("100,000 jobs that wait in a $kind pool take less than 500 bytes each", { timeout: patience }, async ({ Pool }) => {
  pool = new Pool({ maxWorkers: 1 });
  const first = pool.submitWith({ gracePeriod: 0 }, jobs.never);
  await untilRunning(first);
  const before = await heapHere();
  const waiting = Array.from({ length: 100_000 }, (_, n) => pool.submit(jobs.add, n, 1));
  const each = ((await heapHere()) - before) / waiting.length;
  expect(pool.statistics().waiting + pool.statistics().running).toBe(100_001);
  expect(each).toBeGreaterThan(50);
  expect(each).toBeLessThan(500);
  expect(waiting.filter((future) => !future.cancel())).toEqual([]);
  first.cancel();
  await first.catch(() => {});
});
