import { Future, sleep } from "@asyncio-ts/tasks";
import { awaited, failureOf, VirtualLoop } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { ExecutorFuture } from "./executor-future.ts";
import { wrapFuture } from "./wrap-future.ts";

describe("wrapFuture()", () => {
  eachEngine("settles as the job does", function* () {
    const [value, error, cancelled] = [0, 1, 2].map(() => new ExecutorFuture<number>());
    const wrappers = [value, error, cancelled].map((job) => wrapFuture(job as ExecutorFuture<number>));
    value?.setResult(42);
    error?.setException(new RangeError("no"));
    cancelled?.cancel("enough");
    expect(yield* awaited(wrappers[0] as Future<number>)).toBe(42);
    expect(yield* failureOf(wrappers[1] as Future<number>)).toBe(error?.exception());
    expect(yield* failureOf(wrappers[2] as Future<number>)).toMatchObject({ name: "CancelledError", reason: "enough" });
  });

  eachEngine("cancels the job with what it was cancelled with", function* () {
    const job = new ExecutorFuture<number>();
    const future = wrapFuture(job);
    future.cancel("enough");
    yield* awaited(sleep(0));
    expect([job.cancelled(), job.cancelReason()]).toEqual([true, "enough"]);
  });

  eachEngine("ignores what a job gives that could not be cancelled", function* () {
    const job = new ExecutorFuture<number>({ cancel: () => false, running: () => true });
    const future = wrapFuture(job);
    future.cancel();
    yield* awaited(sleep(0));
    job.setResult(1);
    expect(future.cancelled()).toBe(true);
  });

  eachEngine("returns a future of a loop as it is", function* () {
    const future = new Future<void>();
    expect(wrapFuture(future)).toBe(future);
    yield* awaited(sleep(0));
  });

  test("drops what comes after the loop was closed", () => {
    const loop = new VirtualLoop();
    const job = new ExecutorFuture<number>();
    const future = wrapFuture(job, { loop });
    loop.close();
    job.setResult(1);
    expect(future.done()).toBe(false);
  });

  test("refuses what is no future", () => {
    expect(() => wrapFuture(Promise.resolve() as never)).toThrow("wrapFuture() needs the future of an executor");
  });
});
