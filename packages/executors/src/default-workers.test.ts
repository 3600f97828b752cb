import { syncBuiltinESMExports } from "node:module";
import os, { availableParallelism } from "node:os";
import { afterEach, describe, expect, test } from "vitest";
import { type AnyPool, jobs } from "../test/pools.ts";
import { ProcessPoolExecutor } from "./process-pool-executor.ts";
import { ThreadPoolExecutor } from "./thread-pool-executor.ts";

const patience = 30_000;

let pool: AnyPool;
afterEach(() => pool.shutdown({ cancelFutures: true }));

/** A pool that was made on a machine with so many processors. */
function onMachineWith<P>(processors: number, make: () => P): P {
  const real = os.availableParallelism;
  os.availableParallelism = () => processors;
  syncBuiltinESMExports();
  try {
    return make();
  } finally {
    os.availableParallelism = real;
    syncBuiltinESMExports();
  }
}

/** How many workers it starts for more jobs than it may have workers. */
async function workersOf(pool: AnyPool): Promise<number> {
  const all = Array.from({ length: 40 }, () => pool.submit(jobs.add, 1, 1));
  for (const future of all) future.addDoneCallback(() => future.failure());
  await Promise.resolve(); // jobs leave the queue in a microtask
  return pool.statistics().workers;
}

describe("maxWorkers, where nothing is said, as in Python", () => {
  test("of threads is four more than there are processors", { timeout: patience }, async () => {
    pool = new ThreadPoolExecutor();
    expect(await workersOf(pool)).toBe(Math.min(availableParallelism() + 4, 32));
  });

  test.each([
    [1, 5],
    [64, 32],
  ])("of threads on %i processors is %i", { timeout: patience }, async (processors, workers) => {
    pool = onMachineWith(processors, () => new ThreadPoolExecutor());
    expect(await workersOf(pool)).toBe(workers);
  });

  test.each([1, 3])("of processes on %i processors is as many", { timeout: patience }, async (processors) => {
    pool = onMachineWith(processors, () => new ProcessPoolExecutor());
    expect(await workersOf(pool)).toBe(processors);
  });
});
