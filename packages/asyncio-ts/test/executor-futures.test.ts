/** The futures of executors, given to what waits for several things. */

import { asCompleted, FIRST_COMPLETED, FIRST_EXCEPTION, gather, wait, waitFor } from "@asyncio-ts/combinators";
import { ExecutorFuture, inline, ThreadPoolExecutor } from "@asyncio-ts/executors";
import { run } from "@asyncio-ts/platform";
import { type CancelledError, sleep, TimeoutError } from "@asyncio-ts/tasks";
import { awaited, engineTests, failureOf, type VirtualLoop } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";

const eachEngine = engineTests({ describe, test });

/** A job that will give `value` at a time of the loop. */
function jobAt(loop: VirtualLoop, seconds: number, value: string): ExecutorFuture<string> {
  const job = new ExecutorFuture<string>();
  loop.callAt(seconds, () => {
    if (!job.done()) job.setResult(value);
  });
  return job;
}

describe("gather()", () => {
  eachEngine("gives the results of jobs in the order in which they were given", function* ({ loop }) {
    const jobs = [jobAt(loop, 2, "slow"), jobAt(loop, 1, "fast")];
    expect(yield* awaited(gather(jobs))).toEqual(["slow", "fast"]);
    expect(loop.time()).toBe(2);
  });

  eachEngine("fails as the first job that fails, and leaves the others alone", function* ({ loop }) {
    const failing = new ExecutorFuture<string>();
    const other = jobAt(loop, 3, "other");
    loop.callAt(1, () => failing.setException(new RangeError("no")));
    expect(yield* failureOf(gather([other, failing]))).toMatchObject({ name: "RangeError", message: "no" });
    expect([loop.time(), other.done()]).toEqual([1, false]);
    expect(yield* awaited(other)).toBe("other");
  });

  eachEngine("cancels the jobs when it is cancelled", function* ({ loop }) {
    const jobs = [jobAt(loop, 5, "first"), jobAt(loop, 5, "second")];
    const all = gather(jobs);
    loop.callAt(1, () => all.cancel("not needed"));
    expect(((yield* failureOf(all)) as CancelledError).name).toBe("CancelledError");
    yield* awaited(sleep(0));
    expect(jobs.map((job) => job.cancelled())).toEqual([true, true]);
  });
});

describe("wait()", () => {
  eachEngine("says which jobs are done, by futures of the loop that stand for them", function* ({ loop }) {
    const jobs = [jobAt(loop, 3, "slow"), jobAt(loop, 1, "fast"), jobAt(loop, 2, "middle")];
    const first = yield* awaited(wait(jobs, { returnWhen: FIRST_COMPLETED }));
    expect([...first.done].map((future) => future.result())).toEqual(["fast"]);
    expect([first.pending.size, loop.time()]).toEqual([2, 1]);
    expect(first.done.has(jobs[1] as never)).toBe(false); // it holds their futures of the loop
    const rest = yield* awaited(wait(first.pending));
    expect([...rest.done].map((future) => future.result())).toEqual(["slow", "middle"]);
    expect(loop.time()).toBe(3);
  });

  eachEngine("with FIRST_EXCEPTION ends with the first job that fails", function* ({ loop }) {
    const failing = new ExecutorFuture<string>();
    loop.callAt(2, () => failing.setException(new RangeError("no")));
    const jobs = [jobAt(loop, 1, "fast"), failing, jobAt(loop, 3, "slow")];
    const { done, pending } = yield* awaited(wait(jobs, { returnWhen: FIRST_EXCEPTION }));
    expect([done.size, pending.size, loop.time()]).toEqual([2, 1, 2]);
    expect([...done].map((future) => (future.exception() as Error | null)?.message)).toEqual([undefined, "no"]);
    yield* awaited(wait(pending));
  });

  eachEngine("cancels no job when its time is over", function* ({ loop }) {
    const job = jobAt(loop, 5, "slow");
    const { done, pending } = yield* awaited(wait([job], { timeout: 1 }));
    expect([done.size, pending.size, job.done()]).toEqual([0, 1, false]);
    expect(yield* awaited(job)).toBe("slow");
  });
});

describe("asCompleted()", () => {
  eachEngine("gives the results of jobs as they come", function* ({ loop }) {
    const jobs = [jobAt(loop, 3, "slow"), jobAt(loop, 1, "fast"), jobAt(loop, 2, "middle")];
    const results: unknown[] = [];
    for (const place of asCompleted(jobs)) results.push([yield* awaited(place), loop.time()]);
    expect(results).toEqual([
      ["fast", 1],
      ["middle", 2],
      ["slow", 3],
    ]);
  });
});

describe("waitFor()", () => {
  eachEngine("cancels the job when its time is over", function* ({ loop }) {
    const job = jobAt(loop, 5, "slow");
    expect(yield* failureOf(waitFor(job, 1))).toBeInstanceOf(TimeoutError);
    expect([job.cancelled(), loop.time()]).toEqual([true, 1]);
  });
});

test("jobs of a thread pool are gathered, waited for, and iterated over", { timeout: 30_000 }, async () => {
  const twice = inline((n: number) => n * 2);
  await run(async () => {
    await using pool = new ThreadPoolExecutor({ maxWorkers: 2 });
    const submit = (): ExecutorFuture<number>[] => [1, 2, 3].map((n) => pool.submit(twice, n));
    expect(await gather(submit())).toEqual([2, 4, 6]);
    const { done, pending } = await wait(submit());
    expect([[...done].map((future) => future.result()), pending.size]).toEqual([[2, 4, 6], 0]);
    const results: number[] = [];
    for await (const future of asCompleted(submit())) results.push(future.result());
    expect(new Set(results)).toEqual(new Set([2, 4, 6]));
  });
});
