import { afterEach, describe, expect, test } from "vitest";
import { type AnyPool, jobs, kinds } from "../test/pools.ts";

const patience = 30_000;

let pool: AnyPool;
afterEach(() => pool.shutdown({ cancelFutures: true }));

describe.each(kinds)("statistics() of a $kind pool", ({ make }) => {
  test("tell how long jobs waited before they ran: one for each job", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    await pool.submit(jobs.add, 1, 1);
    const started = pool.statistics().waitTime; // that one waited for its worker to start
    expect(started.count).toBe(1);
    expect(started.max).toBeGreaterThan(1);

    await Promise.all([pool.submit(jobs.block, 200), ...[1, 2, 3].map(() => pool.submit(jobs.block, 1))]);
    const { count, max, p50 } = pool.statistics().waitTime;
    expect(count).toBe(5);
    expect(max).toBeGreaterThanOrEqual(190);
    expect(max).toBeLessThan(2_000);
    expect(p50).toBeGreaterThan(started.max / 2);
  });

  test("tell how long jobs of broadcast() waited, not how old the pool is", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    await pool.submit(jobs.add, 1, 1);
    const { max } = pool.statistics().waitTime;
    await new Promise((resolve) => setTimeout(resolve, max + 300));
    await pool.broadcast(jobs.where);
    const after = pool.statistics().waitTime;
    expect(after.count).toBe(2);
    expect(after.max).toBeLessThan(max + 250);
  });

  test("do not count what was cancelled before it ran", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    const first = pool.submit(jobs.block, 20);
    const behind = [1, 2, 3].map((n) => pool.submit(jobs.keep, n));
    expect(behind.map((future) => future.cancel())).toEqual([true, true, true]);
    await first;
    expect(pool.statistics().waitTime.count).toBe(1);
  });
});
