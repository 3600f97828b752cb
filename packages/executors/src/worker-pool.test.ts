import { afterEach, describe, expect, test, vi } from "vitest";
import { type AnyPool, failureOf, jobs, kinds, untilRunning } from "../test/pools.ts";
import { BrokenExecutor, ExecutorFull } from "./errors.ts";
import { inline } from "./inline.ts";
import { ProcessPoolExecutor } from "./process-pool-executor.ts";
import { ThreadPoolExecutor } from "./thread-pool-executor.ts";
import { transfer } from "./transfer.ts";

const patience = 30_000;

let pool: AnyPool;
afterEach(() => pool.shutdown({ cancelFutures: true }));

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe.each(kinds)("the books of a $kind pool", ({ make, kind }) => {
  test("a callback of a job that cannot be sent may cancel others", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    await Promise.all(Array.from({ length: 50 }, (_, n) => pool.submit(jobs.add, n, n)));
    const bad = pool.submit(jobs.echo, () => {});
    const others = [1, 2, 3].map((n) => pool.submit(jobs.add, n, n));
    let answers: boolean[] = [];
    bad.addDoneCallback(() => {
      answers = others.map((each) => each.cancel());
    });
    expect((await failureOf(bad)).name).toBe("DataCloneError");
    const expected = answers.map((isCancelled, n) => (isCancelled ? "CancelledError" : (n + 1) * 2));
    const outcomes = others.map((other) => other.then(String, (error) => (error as Error).name));
    expect(await Promise.all(outcomes)).toEqual(expected.map(String));
    expect(pool.statistics()).toMatchObject({ waiting: 0, running: 0 });
    expect(await pool.submit(jobs.add, 40, 2)).toBe(42);
  });

  test("a callback of a job whose worker has died may cancel others", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    await Promise.all(Array.from({ length: 200 }, (_, n) => pool.submit(jobs.exitIf, n < 0)));
    const all = Array.from({ length: 40 }, (_, n) => pool.submit(jobs.exitIf, n === 5));
    const cancelAll = (done: { failure(): unknown }): void => {
      if (done.failure() !== null) for (const each of all) each.cancel();
    };
    for (const each of all) each.addDoneCallback(cancelAll);
    await Promise.allSettled(all);
    expect(all.every((each) => each.done())).toBe(true);
    expect(pool.statistics().waiting).toBe(0);
    expect(await pool.submit(jobs.add, 40, 2)).toBe(42);
  });

  test("maxTasksPerChild starts no more workers than maxWorkers", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 2, maxTasksPerChild: 1 });
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, pool.statistics().running);
    }, 1);
    await Promise.all(Array.from({ length: 6 }, () => pool.submit(jobs.block, 20)));
    clearInterval(watch);
    expect(most).toBeGreaterThanOrEqual(1);
    expect(most).toBeLessThanOrEqual(2);
  });

  test("broadcast() counts as a job, and its workers are replaced by no more", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 2, maxTasksPerChild: 1 });
    for (let i = 0; i < 3; i++) expect(await pool.broadcast(jobs.add, i, 1)).toEqual([i + 1, i + 1]);
    await vi.waitFor(() => expect(pool.statistics().workers).toBe(0), { timeout: patience });
    expect(pool.statistics().waitTime.max).toBeLessThan(patience / 2);
  });

  test("broadcast() runs in as many workers as there may be, also while others end", {
    timeout: patience,
  }, async () => {
    pool = make({ maxWorkers: 2, maxTasksPerChild: 1 });
    const busy = [pool.submit(jobs.block, 50), pool.submit(jobs.block, 50)];
    await Promise.all(busy.map(untilRunning));
    expect(await pool.broadcast(jobs.add, 1, 1)).toEqual([2, 2]);
    expect(await Promise.all(busy)).toEqual([50, 50]);
  });

  test("broadcast() fails where no worker can be started", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 2, initializer: jobs.prepare, initargs: [() => {}] });
    expect(await failureOf(pool.broadcast(jobs.add, 1, 1))).toBeInstanceOf(BrokenExecutor);
  });

  test("broadcast() refuses what a worker has no slot for", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    const all: Promise<number[]>[] = [];
    for (let n = 0; n < 600; n++) all.push(pool.broadcast(jobs.add, n, 1));
    const ended = await Promise.allSettled(all);
    const refused = ended.filter(({ status }) => status === "rejected") as PromiseRejectedResult[];
    expect(refused).toHaveLength(600 - 512);
    for (const { reason } of refused) expect(reason).toBeInstanceOf(ExecutorFull);
    expect(ended[511]).toMatchObject({ value: [512] });
    expect(await pool.submit(jobs.add, 40, 2)).toBe(42);
  });

  test("maxQueue: 0 takes what a worker can begin at once, and no more", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 2, maxQueue: 0 });
    const taken = [pool.submit(jobs.block, 20), pool.submit(jobs.block, 20)];
    expect(() => pool.submit(jobs.add, 1, 1)).toThrow(ExecutorFull);
    await pool.waitForRoom();
    expect(await pool.submit(jobs.add, 1, 1)).toBe(2);
    expect(await Promise.all(taken)).toEqual([20, 20]);
  });

  test("waitForRoom() lets several submit, each in turn", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1, maxQueue: 1 });
    const produce = async (from: number): Promise<number[]> => {
      const results: PromiseLike<number>[] = [];
      for (let n = from; n < from + 20; n++) {
        await pool.waitForRoom();
        results.push(pool.submit(jobs.add, n, 0));
      }
      return Promise.all(results);
    };
    const all = await Promise.all([0, 100, 200].map(produce));
    expect(all.map((results) => results.length)).toEqual([20, 20, 20]);
    expect(all[2]?.[19]).toBe(219);
  });

  test("two map()s share a short queue", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1, maxQueue: 1 });
    const collect = async (from: number): Promise<unknown[]> => {
      const results: unknown[] = [];
      for await (const each of pool.map(
        jobs.echo,
        Array.from({ length: 20 }, (_, n) => from + n),
      ))
        results.push(each);
      return results;
    };
    const [one, other] = await Promise.all([collect(0), collect(100)]);
    expect([one?.length, one?.[19], other?.length, other?.[19]]).toEqual([20, 19, 20, 119]);
  });

  test("maxMemory below what an empty worker needs starts no workers while idle", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1, maxMemory: 1_000 });
    const places = new Set<string>();
    const { pid, threadId } = await pool.submit(jobs.where);
    places.add(`${pid} ${threadId}`);
    await vi.waitFor(() => expect(pool.statistics().workers).toBe(0), { timeout: patience });
    await pause(300); // longer than between two looks at the memory
    expect(pool.statistics().workers).toBe(0);
    expect(await pool.submit(jobs.add, 40, 2)).toBe(42);
  });

  test.each(["throws", "at once", "twice"])(
    "a result that can be awaited, and %s, harms no other job",
    { timeout: patience },
    async (how) => {
      pool = make({ maxWorkers: 1 });
      const odd = pool.submit(jobs.resultThatCanBeAwaited, how);
      const others = [1, 2, 3].map((n) => pool.submit(jobs.add, n, n));
      expect(await odd.then(String, String)).toBe(how === "throws" ? "Error: no" : "first");
      expect(await Promise.all(others)).toEqual([2, 4, 6]);
      expect(pool.statistics()).toMatchObject({ waiting: 0, running: 0 });
    },
  );

  test.each(["tellReason", "tellReasonSoon"] as const)(
    "%s() is told the reason of an abort as what it is",
    { timeout: patience },
    async (name) => {
      pool = make({ maxWorkers: 1 });
      const controller = new AbortController();
      const reason = new Promise((resolve) => {
        const onProgress = (word: unknown): void => (word === "begun" ? controller.abort() : resolve(word));
        const job = pool.submitWith({ signal: controller.signal, gracePeriod: 10, onProgress }, jobs[name]);
        job.addDoneCallback(() => {});
      });
      // A process is told why by a message, which comes when its event loop turns.
      const isTold = kind === "thread" || name === "tellReasonSoon";
      expect(await reason).toEqual(isTold ? ["AbortError", "This operation was aborted"] : [undefined, undefined]);
    },
  );

  test("retries run a job again whose worker has died, and tell it so", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    const settled = await Promise.allSettled([
      pool.submitWith({ retries: 2 }, jobs.exitBefore, 3),
      pool.submitWith({ retries: 1 }, jobs.exitBefore, 3),
    ]);
    expect(settled[0]).toEqual({ status: "fulfilled", value: 3 });
    expect(settled[1]).toMatchObject({ status: "rejected", reason: { name: "WorkerDied" } });
    expect(() => pool.submitWith({ retries: 0.5 }, jobs.add, 1, 1)).toThrow(RangeError);
  });

  test("the error of an argument that cannot be sent names it", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    const shared = new SharedArrayBuffer(8);
    const error = await failureOf(pool.submit(jobs.add, shared as never, (() => {}) as never));
    expect(error.message).toContain(kind === "thread" ? "Argument 1" : "Argument 0");
  });
});

test("maxWorkers is finite", () => {
  expect(() => new ThreadPoolExecutor({ maxWorkers: Number.POSITIVE_INFINITY })).toThrow(RangeError);
});

test("what inline() makes of one text is one function, wherever it stands", { timeout: patience }, async () => {
  pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  const once = (n: number): PromiseLike<number> =>
    pool.submit(
      inline((value: number) => {
        const seen = globalThis as { count?: number };
        seen.count = (seen.count ?? 0) + value;
        return seen.count;
      }),
      n,
    );
  for (let n = 0; n < 10; n++) await once(0);
  expect(await Promise.all(Array.from({ length: 1_000 }, () => once(1)))).toHaveLength(1_000);
  expect(await once(0)).toBe(1_000);
});

test("memory that was moved does not wait behind a job that may be killed", { timeout: patience }, async () => {
  pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  await pool.submit(jobs.add, 1, 1);
  const doomed = pool.submitWith({ gracePeriod: 0.01 }, jobs.never);
  await untilRunning(doomed);
  const moved = pool.submit(jobs.echo, transfer(new Uint8Array([1, 2, 3])));
  await pause(0);
  doomed.cancel();
  expect((await failureOf(doomed)).name).toBe("CancelledError");
  expect(await moved).toEqual(new Uint8Array([1, 2, 3]));
});

test("a job that is killed takes no results of others along", { timeout: patience }, async () => {
  pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  for (let round = 0; round < 20; round++) {
    await Promise.all(Array.from({ length: 1_000 }, () => pool.submit(jobs.neverIf, false)));
  }
  const before = Array.from({ length: 40 }, () => pool.submit(jobs.neverIf, false));
  const doomed = pool.submitWith({ gracePeriod: 0.02 }, jobs.neverIf, true);
  const behind = Array.from({ length: 40 }, () => pool.submit(jobs.neverIf, false));
  await untilRunning(doomed);
  doomed.cancel();
  expect((await failureOf(doomed)).name).toBe("CancelledError");
  await Promise.all([...before, ...behind]);
  expect(pool.statistics().failed).toBe(0);
});

test("a job of which processes die before they begin it fails, and no other", { timeout: patience }, async () => {
  pool = new ProcessPoolExecutor({ maxWorkers: 1, resourceLimits: { maxOldGenerationSizeMb: 24 } });
  await pool.submit(jobs.add, 1, 1);
  const fatal = pool.submit(
    jobs.echo,
    Array(1_000_000)
      .fill({})
      .map(() => ({})),
  ); // more than its heap holds
  const others = [1, 2, 3].map((n) => pool.submit(jobs.add, n, n));
  expect((await failureOf(fatal)).name).toBe("WorkerDied");
  expect(await Promise.all(others)).toEqual([2, 4, 6]);
  expect(pool.statistics()).toMatchObject({ waiting: 0, running: 0 });
});
