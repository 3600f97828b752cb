import { afterEach, describe, expect, test } from "vitest";
import { jobs } from "../test/pools.ts";
import { ThreadPoolExecutor } from "./thread-pool-executor.ts";

let pool: ThreadPoolExecutor;
afterEach(() => pool.shutdown());

describe("Stealing", () => {
  test("short jobs do not wait for a long one among them, although all are of one function", {
    timeout: 30_000,
  }, async () => {
    pool = new ThreadPoolExecutor({ maxWorkers: 2 });
    const block = (time: number) => pool.submit(jobs.block, time);
    await Promise.all(Array.from({ length: 2_000 }, () => block(0)));

    const order: number[] = [];
    const run = async (time: number): Promise<unknown> => order.push(await block(time));
    const short = (): Promise<unknown>[] => Array.from({ length: 100 }, () => run(0));
    await Promise.all([...short(), run(500), ...short()]);
    // Results of short jobs travel together, so a few may be sent behind the long one, though never many.
    expect(order.indexOf(500)).toBeGreaterThan(190);
  });
});
