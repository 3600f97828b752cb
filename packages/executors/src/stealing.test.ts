import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MessagePort } from "node:worker_threads";
import { afterEach, describe, expect, test, vi } from "vitest";
import { failureOf, jobs } from "../test/pools.ts";
import { ThreadPoolExecutor } from "./thread-pool-executor.ts";
import { workerModule } from "./worker-module.ts";

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

  test("a job does not wait for a thread that is still loading, while another one is idle", {
    timeout: 30_000,
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "asyncio-ts-test-"));
    const env = { ...process.env, ASYNCIO_TS_TEST_FILE: join(folder, "loaded") };
    const { where } = workerModule<{ where(): number }>(
      new URL("../test/fixtures/loading/slow-but-once.js", import.meta.url),
    );
    pool = new ThreadPoolExecutor({ maxWorkers: 2, env });
    const [first, second] = await Promise.all([pool.submit(where), pool.submit(where)]);
    expect(pool.statistics().workers).toBe(2);
    expect(second).toBe(first);
    rmSync(folder, { recursive: true });
  });

  test("a job does not go to and fro between threads that are both still loading", { timeout: 30_000 }, async () => {
    const posted = vi.spyOn(MessagePort.prototype, "postMessage");
    const { echo } = workerModule<{ echo(value: unknown): unknown }>(
      new URL("../test/fixtures/loading/slow.js", import.meta.url),
    );
    pool = new ThreadPoolExecutor({ maxWorkers: 2 });
    const jobs = [pool.submit(echo, 1), pool.submit(echo, () => {})] as const; // nothing is sent to the second thread
    expect(await jobs[0]).toBe(1);
    expect((await failureOf(jobs[1])).name).toBe("DataCloneError");
    expect(posted.mock.calls.length).toBeLessThan(20);
    posted.mockRestore();
  });
});
