import { afterEach, describe, expect, test } from "vitest";
import { block, nest } from "../test/fixtures/jobs.js";
import { type AnyPool, failureOf, jobs, untilRunning } from "../test/pools.ts";
import { ProcessPoolExecutor } from "./process-pool-executor.ts";
import { ThreadPoolExecutor } from "./thread-pool-executor.ts";

const patience = 30_000;

/** The stack of a worker decides how deep an object it can write and read. */
const kinds = [
  {
    kind: "thread",
    withDeepStack: () => new ThreadPoolExecutor({ maxWorkers: 1, resourceLimits: { stackSizeMb: 16 } }),
    withFlatStack: () => new ThreadPoolExecutor({ maxWorkers: 1, resourceLimits: { stackSizeMb: 0.4 } }),
  },
  {
    kind: "process",
    withDeepStack: () => new ProcessPoolExecutor({ maxWorkers: 1, execArgv: ["--stack-size=4000"] }),
    withFlatStack: () => new ProcessPoolExecutor({ maxWorkers: 1, execArgv: ["--stack-size=300"] }),
  },
];

let pool: AnyPool;
afterEach(() => pool.shutdown({ cancelFutures: true }));

describe.each(kinds)("a $kind pool, of messages that cannot be read", ({ withDeepStack, withFlatStack }) => {
  test("a result that cannot be read here fails its job, and no other", { timeout: patience }, async () => {
    pool = withDeepStack();
    const before = pool.submit(jobs.addLater, 1, 1);
    const deep = pool.submit(jobs.nest, 10_000);
    const after = [1, 2, 3].map((n) => pool.submit(jobs.addLater, n, 1));
    await before;
    block(50); // so that more replies have come when that one is met
    expect(await failureOf(deep)).toMatchObject({ name: "RangeError", message: "Maximum call stack size exceeded" });
    expect(await before).toBe(2);
    expect(await Promise.all(after)).toEqual([2, 3, 4]);
    expect(pool.statistics()).toMatchObject({ waiting: 0, running: 0, crashes: 0 });
  });

  test("a job that runs while a result cannot be read goes on", { timeout: patience }, async () => {
    pool = withDeepStack();
    await pool.submit(jobs.add, 1, 1);
    const deep = pool.submit(jobs.nest, 10_000);
    const running = pool.submit(jobs.stopOnAbort);
    expect((await failureOf(deep)).name).toBe("RangeError");
    await untilRunning(running);
    running.cancel("enough");
    expect(await failureOf(running)).toMatchObject({ name: "CancelledError", reason: "enough" });
  });

  test("an item that cannot be read here ends its stream with the error", { timeout: patience }, async () => {
    pool = withDeepStack();
    await pool.submit(jobs.add, 1, 1);
    const items: unknown[] = [];
    const read = async (): Promise<void> => {
      for await (const item of pool.stream(jobs.nestThird, 10_000)) {
        items.push(item);
        if (item === 0) block(50); // so that those after it arrive together with it
      }
    };
    expect((await failureOf(read())).name).toBe("RangeError");
    expect(items).toEqual([0, 1]);
    expect(await pool.submit(jobs.add, 1, 1)).toBe(2);
  });

  test.each([
    ["to a worker that sleeps", 0],
    ["to one that is busy", 20],
  ])(
    "an argument that cannot be read there fails its job, and no other, %s",
    { timeout: patience },
    async (_name, time) => {
      pool = withFlatStack();
      await pool.submit(jobs.block, 0);
      if (time > 0) void pool.submit(jobs.block, time);
      if (time > 0) await new Promise((resolve) => setImmediate(resolve));
      const all = [
        pool.submit(jobs.add, 1, 1),
        pool.submit(jobs.echo, nest(2_500)),
        pool.submit(jobs.add, 2, 2),
      ] as const;
      expect(await failureOf(all[1])).toMatchObject({ name: "RangeError" });
      expect(await all[0]).toBe(2);
      expect(await all[2]).toBe(4);
      expect(await pool.submit(jobs.add, 3, 3)).toBe(6);
      expect(pool.statistics()).toMatchObject({ waiting: 0, running: 0, crashes: 0 });
    },
  );

  test("one that cannot be read among those that were never begun leaves nothing behind", {
    timeout: patience,
  }, async () => {
    pool = withFlatStack();
    await pool.submit(jobs.block, 0);
    const running = pool.submit(jobs.block, 50);
    const waiting = [1, nest(2_500), 3].map((value) => pool.submit(jobs.echo, value));
    const revoked = pool.submit(jobs.add, 1, 1);
    await untilRunning(running);
    revoked.cancel();
    expect((await failureOf(waiting[1] as never)).name).toBe("RangeError");
    expect(await waiting[0]).toBe(1);
    expect(await waiting[2]).toBe(3);
    await pool.submit(jobs.add, 1, 1);
    expect(pool.statistics()).toMatchObject({ waiting: 0, running: 0, crashes: 0 });
  });
});
