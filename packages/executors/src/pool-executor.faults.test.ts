import { afterEach, describe, expect, test, vi } from "vitest";
import { type AnyPool, begin, failureOf, jobs, kinds, untilRunning } from "../test/pools.ts";
import { BrokenExecutor, WorkerDied } from "./errors.ts";
import { ProcessPoolExecutor } from "./process-pool-executor.ts";
import { ThreadPoolExecutor } from "./thread-pool-executor.ts";
import { workerModule } from "./worker-module.ts";

const patience = 30_000;

let pool: AnyPool;
afterEach(() => pool.shutdown({ cancelFutures: true }));

/** The pool still works, and holds no more workers than it may. */
async function expectHealthy(): Promise<void> {
  expect(await pool.submit(jobs.add, 40, 2)).toBe(42);
  // a worker that is being ended has its job until it is gone
  await vi.waitFor(() => expect(pool.statistics()).toMatchObject({ waiting: 0, running: 0 }), { timeout: patience });
  expect(pool.statistics().workers).toBeLessThanOrEqual(2);
}

describe.each(kinds)("$kind pool", ({ make, kind }) => {
  const deadly = [
    ["process.exit(0)", () => pool.submit(jobs.exit, 0), { exitCode: 0 }],
    ["process.exit(3)", () => pool.submit(jobs.exit, 3), { exitCode: 3 }],
    ["process.exit(3) in a timer", () => pool.submit(jobs.exitInTimer), { exitCode: 3 }],
    ["an uncaught exception", () => pool.submit(jobs.throwInTimer), { exitCode: 1, cause: { message: "uncaught" } }],
    [
      "an unhandled rejection",
      () => pool.submit(jobs.rejectUnhandled),
      { exitCode: 1, cause: { message: "unhandled" } },
    ],
  ] as const;

  test.each(deadly)("%s fails the job that ran, and no other", { timeout: patience }, async (_name, submit, facts) => {
    pool = make({ maxWorkers: 2 });
    const before = [1, 2, 3].map((n) => pool.submit(jobs.add, n, 1));
    const killed = submit();
    const behind = [1, 2, 3, 4, 5, 6].map((n) => pool.submit(jobs.add, n, 10));

    const error = await failureOf(killed);
    expect(error).toBeInstanceOf(WorkerDied);
    expect(error).toMatchObject(facts);
    expect(await Promise.all(before)).toEqual([2, 3, 4]);
    expect(await Promise.all(behind)).toEqual([11, 12, 13, 14, 15, 16]);
    expect(pool.statistics().crashes).toBe(1);
    await expectHealthy();
  });

  test("a full heap fails the job that ran, and says so", { timeout: 60_000 }, async () => {
    const resourceLimits = { maxOldGenerationSizeMb: 32 };
    pool =
      kind === "thread"
        ? new ThreadPoolExecutor({ maxWorkers: 1, resourceLimits })
        : new ProcessPoolExecutor({ maxWorkers: 1, resourceLimits });
    const killed = pool.submit(jobs.exhaustHeap);
    const behind = pool.submit(jobs.add, 1, 1);
    const error = await failureOf(killed);
    expect(error).toBeInstanceOf(WorkerDied);
    expect(error).toMatchObject({ oom: true });
    expect(await behind).toBe(2);
    await expectHealthy();
  });

  test("a module that does not load fails its job each time", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    const missing = workerModule<{ f(): void }>(new URL("./does-not-exist.js", import.meta.url));
    expect((await failureOf(pool.submit(missing.f))).message).toContain("does-not-exist.js");
    expect((await failureOf(pool.submit(missing.f))).message).toContain("does-not-exist.js");
    await expectHealthy();
  });

  test("an export that is not there fails its job", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    const { missing } = jobs as unknown as { missing(): void };
    expect((await failureOf(pool.submit(missing))).message).toContain("missing");
    await expectHealthy();
  });

  test("an initializer that throws breaks the pool, for each job with an error of its own", {
    timeout: patience,
  }, async () => {
    pool = make({ maxWorkers: 1, initializer: jobs.failToPrepare });
    const futures = [pool.submit(jobs.add, 1, 1), pool.submit(jobs.add, 1, 1)];
    const [first, second] = await Promise.all(futures.map(failureOf));
    expect(first).toBeInstanceOf(BrokenExecutor);
    expect(first).toMatchObject({ cause: { message: "cannot prepare" } });
    expect(second).not.toBe(first);
    expect(() => pool.submit(jobs.add, 1, 1)).toThrow(BrokenExecutor);
  });

  test("an initializer that exits breaks the pool", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1, initializer: jobs.exit, initargs: [7] });
    const error = await failureOf(pool.submit(jobs.add, 1, 1));
    expect(error).toBeInstanceOf(BrokenExecutor);
    expect(error.message).toContain("exited with code 7");
  });

  test("an argument that cannot be cloned fails its job, and says which", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    const before = pool.submit(jobs.add, 1, 1);
    const bad = pool.submit(jobs.add, 1, (() => {}) as unknown as number);
    const after = pool.submit(jobs.add, 2, 2);
    const error = await failureOf(bad);
    expect(error.name).toBe("DataCloneError");
    expect(error.message).toContain("Argument 1");
    expect(await before).toBe(2);
    expect(await after).toBe(4);
    await expectHealthy();
  });

  test("a result that cannot be cloned fails its job", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    const all = [pool.submit(jobs.add, 1, 1), pool.submit(jobs.unclonable), pool.submit(jobs.add, 2, 2)] as const;
    const error = await failureOf(all[1]);
    expect(error.name).toBe("DataCloneError");
    expect(await all[0]).toBe(2);
    expect(await all[2]).toBe(4);
    await expectHealthy();
  });

  test("throw undefined fails with undefined", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    expect(await failureOf(pool.submit(jobs.throwUndefined))).toBeUndefined();
    await expectHealthy();
  });

  test.each(["never", "neverAsync"] as const)(
    "timeout ends %s(), with no other job",
    { timeout: patience },
    async (name) => {
      pool = make({ maxWorkers: 1 });
      await pool.submit(jobs.add, 1, 1);
      const stuck = pool.submitWith({ timeout: 0.02, gracePeriod: 0.02 }, jobs[name] as () => void);
      const behind = [1, 2, 3].map((n) => pool.submit(jobs.add, n, 1));
      const error = await failureOf(stuck);
      expect(error.name).toBe("TimeoutError");
      expect(await Promise.all(behind)).toEqual([2, 3, 4]);
      await expectHealthy();
    },
  );

  test("an abort ends a job that never ends", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1, gracePeriod: 0.02 });
    const controller = new AbortController();
    const { running: stuck } = await begin(pool, { signal: controller.signal }, jobs.neverAloud);
    const behind = pool.submit(jobs.add, 1, 1);
    controller.abort("enough");
    expect(await failureOf(stuck)).toMatchObject({ name: "CancelledError", reason: "enough" });
    expect(await behind).toBe(2);
    await expectHealthy();
  });

  test("cancel() ends a job that never ends, if there is a gracePeriod", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1, gracePeriod: 0.02 });
    const { running: stuck } = await begin(pool, {}, jobs.neverAloud);
    expect(stuck.cancel("enough")).toBe(false);
    expect(await failureOf(stuck)).toMatchObject({ name: "CancelledError", reason: "enough" });
    expect(stuck.cancelled()).toBe(true);
    await expectHealthy();
  });

  test('onWorkerCrash: "break" fails every job, as Python does', { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1, onWorkerCrash: "break" });
    const killed = pool.submit(jobs.exit, 3);
    const behind = pool.submit(jobs.add, 1, 1);
    expect(await failureOf(killed)).toBeInstanceOf(WorkerDied);
    expect(await failureOf(behind)).toBeInstanceOf(BrokenExecutor);
    expect(() => pool.submit(jobs.add, 1, 1)).toThrow("The pool is broken: A worker exited with code 3");
  });

  test("a worker that dies while it is idle is replaced", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    await pool.submit(jobs.dieSoon);
    while (pool.statistics().workers > 0) await new Promise((resolve) => setImmediate(resolve));
    await expectHealthy();
  });

  test("shutdown() waits for the jobs, and leaves no worker behind", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 2 });
    const all = Array.from({ length: 50 }, (_, n) => pool.submit(jobs.addLater, n, 1));
    await pool.shutdown();
    expect(all.every((future) => future.done())).toBe(true);
    expect(pool.statistics().workers).toBe(0);
    expect(() => pool.submit(jobs.add, 1, 1)).toThrow("Cannot schedule new futures after shutdown");
    await pool.shutdown();
  });

  test("shutdown() with cancelFutures cancels what has not begun", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    const running = pool.submit(jobs.block, 50);
    await untilRunning(running);
    const behind = Array.from({ length: 10 }, (_, n) => pool.submit(jobs.add, n, 1));
    await pool.shutdown({ cancelFutures: true });
    expect(running.result()).toBe(50);
    expect(behind.every((future) => future.cancelled())).toBe(true);
  });

  test("shutdown() without waiting, twice, from a callback", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    const all = Array.from({ length: 10 }, (_, n) => pool.submit(jobs.add, n, 1));
    all[0]?.addDoneCallback(() => {
      void pool.shutdown({ wait: false });
      void pool.shutdown({ wait: false });
    });
    expect(await Promise.all(all)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    await pool.shutdown();
    expect(pool.statistics().workers).toBe(0);
  });

  test("a worker that dies during shutdown fails its job alone", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    const killed = pool.submit(jobs.exit, 3);
    const behind = pool.submit(jobs.add, 1, 1);
    const ended = pool.shutdown();
    expect(await failureOf(killed)).toBeInstanceOf(WorkerDied);
    expect(await behind).toBe(2);
    await ended;
    expect(pool.statistics().workers).toBe(0);
  });

  test("maxTasksPerChild runs every job, also with shutdown without waiting", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1, maxTasksPerChild: 2 });
    const all = Array.from({ length: 5 }, () => pool.submit(jobs.where));
    void pool.shutdown({ wait: false });
    const places = (await Promise.all(all)).map(({ pid, threadId }) => `${pid} ${threadId}`);
    for (const place of places) expect(places.filter((each) => each === place).length).toBeLessThanOrEqual(2);
    await pool.shutdown();
    expect(pool.statistics().workers).toBe(0);
  });

  test("maxMemory replaces a worker that has too much", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1, maxMemory: kind === "thread" ? 30e6 : 150e6 });
    const first = await pool.submit(jobs.keep, 120);
    let next = first;
    while (next.pid === first.pid && next.threadId === first.threadId) next = await pool.submit(jobs.whereLater);
    await expectHealthy();
  });
});

describe("process pool", () => {
  test.each(["SIGKILL", "SIGSEGV"] as const)(
    "%s fails the job that ran, and no other",
    { timeout: patience },
    async (signal) => {
      pool = new ProcessPoolExecutor({ maxWorkers: 1 });
      const before = pool.submit(jobs.add, 1, 1);
      const killed = pool.submit(jobs.killSelf, signal);
      const behind = [1, 2, 3].map((n) => pool.submit(jobs.add, n, 1));
      expect(await failureOf(killed)).toMatchObject({ name: "WorkerDied", signal, exitCode: null });
      expect(await before).toBe(2);
      expect(await Promise.all(behind)).toEqual([2, 3, 4]);
      await expectHealthy();
    },
  );

  test("a process killed during its start is replaced", { timeout: patience }, async () => {
    pool = new ProcessPoolExecutor({
      maxWorkers: 1,
      initializer: jobs.dieOnce,
      initargs: [`${process.pid}-${Date.now()}`],
    });
    expect(await pool.submit(jobs.add, 1, 1)).toBe(2);
    expect(pool.statistics().crashes).toBe(1);
  });
});
