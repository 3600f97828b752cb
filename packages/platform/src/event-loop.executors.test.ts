import { ContextVar } from "@asyncio-ts/contextvars";
import {
  type Executor,
  inline,
  ProcessPoolExecutor,
  ThreadPoolExecutor,
  toThread,
  workerModule,
  wrapFuture,
} from "@asyncio-ts/executors";
import { type Future, sleep } from "@asyncio-ts/tasks";
import { describe, expect, test, vi } from "vitest";
import type { EventLoop } from "./event-loop.ts";
import { newEventLoop } from "./policy.ts";
import { run } from "./run.ts";
import { getRunningLoop } from "./running-loop.ts";

const patience = 30_000;
const add = inline((a: number, b: number) => a + b);
const never = inline(() => {
  for (;;);
});
const block = inline((milliseconds: number) => {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
  return milliseconds;
});

function loopOfTest(): EventLoop {
  return getRunningLoop();
}

describe("EventLoop", () => {
  test.each([
    ["the default executor", () => null],
    ["a thread pool", () => new ThreadPoolExecutor({ maxWorkers: 1 })],
    ["a process pool", () => new ProcessPoolExecutor({ maxWorkers: 1 })],
  ])("runInExecutor() uses %s", { timeout: patience }, async (_name, make) => {
    const result = await run(async () => {
      const executor: Executor | null = make();
      const future: Future<number> = loopOfTest().runInExecutor(executor, add, 40, 2);
      expect(future.loop).toBe(loopOfTest());
      const value = await future;
      await executor?.shutdown();
      return value;
    });
    expect(result).toBe(42);
  });

  test("runInExecutor() leaves the loop free", { timeout: patience }, async () => {
    const ticks = await run(async () => {
      const job = loopOfTest().runInExecutor(null, block, 100);
      let count = 0;
      while (!job.done()) {
        await sleep(0.005);
        count++;
      }
      return count;
    });
    expect(ticks).toBeGreaterThan(4);
  });

  test("cancelling the task cancels the job that waits", { timeout: patience }, async () => {
    await run(async () => {
      const pool = new ThreadPoolExecutor({ maxWorkers: 1, gracePeriod: 0.02 });
      const first = pool.submit(never);
      while (!first.running()) await sleep(0.001);
      const task = loopOfTest().createTask(() => loopOfTest().runInExecutor(pool, add, 1, 1));
      await sleep(0.01);
      task.cancel();
      await expect(task.catch((error) => (error as Error).name)).resolves.toBe("CancelledError");
      expect(pool.statistics()).toMatchObject({ waiting: 0, completed: 0 });
      first.cancel();
      await first.catch(() => {});
      await pool.shutdown();
    });
  });

  test.each([
    ["thread", () => new ThreadPoolExecutor({ maxWorkers: 2, gracePeriod: 0.02 })],
    ["process", () => new ProcessPoolExecutor({ maxWorkers: 2, gracePeriod: 0.02 })],
  ] as const)(
    "cancelling the task ends a %s that does not stop, and no other",
    {
      timeout: patience,
    },
    async (_kind, make) => {
      await run(async () => {
        const pool = make();
        const stuck = pool.submit(never);
        const neighbours = [50, 50, 1, 1].map((time) => loopOfTest().runInExecutor(pool, block, time));
        const task = loopOfTest().createTask(async () => await wrapFuture(stuck));
        while (!stuck.running()) await sleep(0.001);
        task.cancel("enough");
        await expect(task.catch((error) => error)).resolves.toMatchObject({ name: "CancelledError" });
        await expect(stuck.then(String, (error) => (error as Error).name)).resolves.toBe("CancelledError");
        expect([await neighbours[0], await neighbours[1], await neighbours[2], await neighbours[3]]).toEqual([
          50, 50, 1, 1,
        ]);
        await pool.shutdown();
      });
    },
  );

  test("what a job gives after the loop was closed is dropped", { timeout: patience }, async () => {
    const print = vi.spyOn(console, "error").mockReturnValue();
    const pool = new ThreadPoolExecutor({ maxWorkers: 2 });
    await run(async () => {
      const futures = [1, 2].map(() => loopOfTest().runInExecutor(pool, block, 100));
      while (pool.statistics().running < 2) await sleep(0.001);
      futures[0]?.cancel();
    });
    await pool.shutdown();
    expect(pool.statistics().completed).toBeGreaterThanOrEqual(1); // a cancelled one, if it had begun already
    expect(print.mock.calls).toEqual([]);
    print.mockRestore();
  });

  test("the default executor ends with the run, after its jobs", { timeout: patience }, async () => {
    const pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    await run(async () => {
      loopOfTest().setDefaultExecutor(pool);
      void loopOfTest().runInExecutor(null, block, 50);
    });
    expect(pool.statistics()).toMatchObject({ workers: 0, completed: 1 });
  });

  test("shutdownDefaultExecutor() refuses jobs from then on, and warns where it takes too long", {
    timeout: patience,
  }, async () => {
    const warn = vi.spyOn(process, "emitWarning").mockReturnValue();
    await run(async () => {
      const pool = new ThreadPoolExecutor({ maxWorkers: 1, gracePeriod: 0 });
      loopOfTest().setDefaultExecutor(pool);
      const stuck = pool.submit(never);
      await loopOfTest().shutdownDefaultExecutor(0.01);
      expect(() => loopOfTest().runInExecutor(null, add, 1, 1)).toThrow("Executor shutdown has been called");
      while (!stuck.running()) await sleep(0.001);
      stuck.cancel();
      await stuck.catch(() => {});
    });
    expect(warn.mock.calls).toEqual([
      ["The executor did not finish joining its threads within 0.01 seconds.", "RuntimeWarning"],
    ]);
    warn.mockRestore();
  });

  test("setDefaultExecutor() takes thread pools only", () => {
    const loop = newEventLoop();
    expect(() => loop.setDefaultExecutor(new ProcessPoolExecutor())).toThrow(TypeError);
    loop.close();
  });

  test("toThread() runs in a thread, and leaves behind what cannot be cloned", { timeout: patience }, async () => {
    const greet = new ContextVar<() => string>("test.greet");
    const threadId = inline(() => process.getBuiltinModule("node:worker_threads").threadId);
    await run(async () => {
      greet.set(() => "hello");
      expect(await toThread(add, 40, 2)).toBe(42);
      expect(await toThread(threadId)).toBeGreaterThan(0);
    });
  });

  test("toThread() takes the context along, and runInExecutor() does not", { timeout: patience }, async () => {
    const user = new ContextVar<string>("platform-tests.user");
    const { whoAmI } = workerModule<typeof import("../test/fixtures/who-am-i.js")>(
      new URL("../test/fixtures/who-am-i.js", import.meta.url),
    );
    await run(async () => {
      // Without the options of this process, which would have the thread load sources.
      loopOfTest().setDefaultExecutor(new ThreadPoolExecutor({ maxWorkers: 1, execArgv: [] }));
      user.set("ann");
      const job = toThread(whoAmI);
      user.set("bob");
      expect(await job).toEqual(["bob", "bob"]);
      expect(await loopOfTest().runInExecutor(null, whoAmI)).toEqual(["nobody", "nobody"]);
    });
  });
});
