/** What CPython's test_concurrent_futures/test_deadlock.py has pools survive, and what else may go wrong on the way. */

import { afterEach, describe, expect, test } from "vitest";
import { type AnyPool, failureOf, jobs, kinds } from "../test/pools.ts";
import { BrokenExecutor, WorkerDied } from "./errors.ts";
import { ProcessPoolExecutor } from "./process-pool-executor.ts";
import { ThreadPoolExecutor } from "./thread-pool-executor.ts";
import { workerModule } from "./worker-module.ts";

const patience = 30_000;

let pool: AnyPool;
afterEach(() => pool.shutdown({ cancelFutures: true }));

/** No job hangs, and none is harmed but the one that failed. */
async function failureAmongOthers(failing: () => PromiseLike<unknown>): Promise<Error & { [key: string]: unknown }> {
  const before = [1, 2, 3].map((n) => pool.submit(jobs.add, n, 1));
  const failed = failureOf(failing());
  const after = [4, 5, 6].map((n) => pool.submit(jobs.add, n, 1));
  expect(await Promise.all([...before, ...after])).toEqual([2, 3, 4, 5, 6, 7]);
  const error = await failed;
  expect(await pool.submit(jobs.add, 40, 2)).toBe(42);
  expect(pool.statistics()).toMatchObject({ waiting: 0, running: 0 });
  return error;
}

/** An argument that cannot be sent. */
const unclonable = (how: "function" | "getter"): never =>
  (how === "function"
    ? () => {}
    : {
        get value() {
          throw new RangeError("not to be cloned");
        },
      }) as never;

describe.each(kinds)("$kind pool survives", ({ make, kind }) => {
  test.each(["function", "getter"] as const)(
    "an error while an argument is written: a %s",
    { timeout: patience },
    async (how) => {
      pool = make({ maxWorkers: 2 });
      const error = await failureAmongOthers(() => pool.submit(jobs.echo, unclonable(how)));
      expect(error.name).toBe("DataCloneError");
    },
  );

  test("an exit while the module of a job is read", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 2 });
    const exiting = workerModule<{ f(): void }>(new URL("data:text/javascript,process.exit(3);export function f() {}"));
    const error = await failureAmongOthers(() => pool.submit(exiting.f));
    expect(error).toBeInstanceOf(WorkerDied);
    expect(error).toMatchObject({ exitCode: 3 });
  });

  test.each([
    ["an error in the job", () => pool.submit(jobs.fail, "no"), RangeError],
    ["an exit in the job", () => pool.submit(jobs.exit, 1), WorkerDied],
    ["an error while the result is written", () => pool.submit(jobs.resultThat, "throw"), Error],
    ["an exit while the result is written", () => pool.submit(jobs.resultThat, "exit"), WorkerDied],
    ["an error while the error is written", () => pool.submit(jobs.failWith, "throw"), RangeError],
    ["an exit while the error is written", () => pool.submit(jobs.failWith, "exit"), WorkerDied],
  ] as const)("%s", { timeout: patience }, async (_name, failing, kindOfError) => {
    pool = make({ maxWorkers: 2 });
    expect(await failureAmongOthers(failing)).toBeInstanceOf(kindOfError);
  });

  test("a result that takes more memory than there is", { timeout: 60_000 }, async () => {
    const resourceLimits = { maxOldGenerationSizeMb: 32 };
    pool = new (kind === "thread" ? ThreadPoolExecutor : ProcessPoolExecutor)({ maxWorkers: 2, resourceLimits });
    const error = await failureAmongOthers(() => pool.submit(jobs.resultThat, "exhaust"));
    expect(error).toMatchObject({ name: "WorkerDied", oom: true });
  });

  test("shutdown() while it breaks, and of a pool that is broken", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 2, onWorkerCrash: "break" });
    const killed = pool.submit(jobs.exit, 1);
    const behind = [1, 2, 3].map((n) => pool.submit(jobs.addLater, n, 1));
    const ended = pool.shutdown();
    expect(await failureOf(killed)).toBeInstanceOf(BrokenExecutor);
    const outcomes = await Promise.allSettled(behind);
    const reasons = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
    expect(reasons.filter((reason) => !(reason instanceof BrokenExecutor))).toEqual([]);
    await ended;
    await pool.shutdown();
    expect(pool.statistics().workers).toBe(0);
  });

  test("a worker that exits during its start, and begins again", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1, initializer: jobs.exitOnce, initargs: [`${kind}-${process.pid}-${Date.now()}`] });
    expect(await pool.submit(jobs.add, 1, 1)).toBe(2);
    expect(pool.statistics().crashes).toBe(1);
  });

  test("the cancellation of jobs that have come back from a dead worker", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    for (let n = 0; n < 50; n++) await pool.submit(jobs.exitIf, false); // known to be short: several travel together
    const killed = pool.submit(jobs.exitIf, true);
    const behind = [1, 2, 3].map(() => pool.submit(jobs.exitIf, false));
    await failureOf(killed);
    expect(behind.map((future) => future.cancel())).toEqual([true, true, true]);
    expect(await pool.submit(jobs.add, 1, 1)).toBe(2);
    expect(pool.statistics()).toMatchObject({ waiting: 0, running: 0 });
    await pool.shutdown();
  });

  test("more messages than its line holds", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 2 });
    const text = "x".repeat(100_000);
    const all = Array.from({ length: 500 }, (_, n) => pool.submit(jobs.echo, `${n}${text}`));
    const results = await Promise.all(all);
    expect(results.every((each, n) => each === `${n}${text}`)).toBe(true);
  });
});
