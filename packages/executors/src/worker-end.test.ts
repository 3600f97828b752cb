import { afterEach, describe, expect, test, vi } from "vitest";
import { type AnyPool, jobs, kinds } from "../test/pools.ts";
import { inline } from "./inline.ts";
import { ProcessPoolExecutor } from "./process-pool-executor.ts";

const patience = 30_000;

let pool: AnyPool;
afterEach(() => pool.shutdown({ cancelFutures: true }));

/** What a worker does when it is told to end. */
const atExit = inline((how: "exit" | "never") => {
  process.on("exit", () => {
    if (how === "exit") process.exit(9);
    for (;;);
  });
});

async function untilNoWorkers(): Promise<void> {
  while (pool.statistics().workers > 0) await new Promise((resolve) => setImmediate(resolve));
}

describe.each(kinds)("a worker of a $kind pool that is ending", ({ make }) => {
  test("and exits with a code of its own: shutdown() is over", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    await pool.submit(atExit, "exit");
    await pool.shutdown();
    expect(pool.statistics()).toMatchObject({ workers: 0, crashes: 0, failed: 0 });
  });

  test("and does not end is ended after five seconds", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    await pool.submit(atExit, "never");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const ended = pool.shutdown();
    vi.advanceTimersByTime(5_000);
    vi.useRealTimers();
    await ended;
    expect(pool.statistics()).toMatchObject({ workers: 0, crashes: 0 });
  });

  test("after maxTasksPerChild, with a code of its own: every job has run", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1, maxTasksPerChild: 1 });
    const all = [pool.submit(atExit, "exit"), pool.submit(atExit, "exit"), pool.submit(jobs.add, 1, 1)] as const;
    expect((await Promise.all(all))[2]).toBe(2);
    expect(pool.statistics()).toMatchObject({ crashes: 0, failed: 0 });
  });
});

describe("a process that is killed while it is ending", () => {
  test("because of shutdown(): it is over", { timeout: patience }, async () => {
    pool = new ProcessPoolExecutor({ maxWorkers: 2 });
    const places = await pool.broadcast(jobs.where);
    const ended = pool.shutdown();
    for (const { pid } of places) process.kill(pid, "SIGKILL");
    await ended;
    expect(pool.statistics()).toMatchObject({ workers: 0, crashes: 0, failed: 0 });
  });

  test("because it was idle for too long: the next job has a new one", { timeout: patience }, async () => {
    pool = new ProcessPoolExecutor({ maxWorkers: 1, idleTimeout: 0.001 });
    await pool.submit(atExit, "never");
    const { pid } = await pool.submit(jobs.where);
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.kill(pid, "SIGKILL");
    await untilNoWorkers();
    expect(await pool.submit(jobs.add, 1, 1)).toBe(2);
    expect(pool.statistics()).toMatchObject({ crashes: 0, failed: 0 });
  });
});
