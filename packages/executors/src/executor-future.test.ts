import { createTask, ensureFuture, sleep } from "@asyncio-ts/tasks";
import { awaited, failureOf } from "@asyncio-ts/tasks/testing";
import { describe, expect, test, vi } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { ExecutorFuture } from "./executor-future.ts";

describe("ExecutorFuture", () => {
  test("result() and exception() tell what was set, and refuse before", () => {
    const future = new ExecutorFuture<number>();
    expect(future.done()).toBe(false);
    expect(() => future.result()).toThrow("Cannot read the result of a job that is not done");
    expect(() => future.exception()).toThrow("Cannot read the exception of a job that is not done");
    expect(future.failure()).toBeNull();
    future.setResult(1);
    expect([future.done(), future.result(), future.exception()]).toEqual([true, 1, null]);
    expect(() => future.setResult(2)).toThrow("Cannot settle a job that is already done");
    expect(future.cancel()).toBe(false);
  });

  test("addDoneCallback() calls in order, at once when done; one that throws is printed", () => {
    const print = vi.spyOn(console, "error").mockReturnValue();
    const future = new ExecutorFuture<number>();
    const calls: number[] = [];
    future.addDoneCallback(() => calls.push(1));
    future.addDoneCallback(() => {
      throw new Error("no");
    });
    future.addDoneCallback((done) => calls.push(done.result() + 1));
    future.setResult(1);
    future.addDoneCallback(() => calls.push(3));
    expect(calls).toEqual([1, 2, 3]);
    expect(print).toHaveBeenCalledTimes(1);
    print.mockRestore();
    expect(() => future.addDoneCallback(1 as never)).toThrow("addDoneCallback() needs a function, not 1");
  });

  test("cancel() asks the source, which may refuse", () => {
    const asked: unknown[] = [];
    let mayCancel = false;
    const source = {
      running: () => !mayCancel,
      cancel(reason: unknown) {
        asked.push(reason);
        return mayCancel;
      },
    };
    const future = new ExecutorFuture<number>(source);
    expect([future.cancel("first"), future.running(), future.done()]).toEqual([false, true, false]);
    mayCancel = true;
    expect([future.cancel("second"), future.cancel("third"), future.cancelled()]).toEqual([true, true, true]);
    expect(asked).toEqual(["first", "second"]);
    expect(() => future.result()).toThrow(expect.objectContaining({ name: "CancelledError", reason: "second" }));
    expect(() => future.exception()).toThrow("second");
  });

  test("it is awaited outside of all loops", async () => {
    const future = new ExecutorFuture<number>();
    setImmediate(() => future.setResult(42));
    expect(await future).toBe(42);
    expect(await Promise.all([future, future])).toEqual([42, 42]);
    const failed = new ExecutorFuture<number>();
    failed.setException(new RangeError("no"));
    expect(await failed.catch((error) => (error as Error).message)).toBe("no");
  });

  eachEngine("a task that awaits it is resumed with the result", function* ({ loop, body }) {
    const future = new ExecutorFuture<number>();
    const task = createTask(
      body(function* () {
        return yield* awaited(future);
      }),
    );
    loop.callLater(1, () => future.setResult(42));
    expect(yield* awaited(task)).toBe(42);
    expect(loop.time()).toBe(1);
  });

  eachEngine("cancelling the task that awaits it cancels it", function* ({ body }) {
    const future = new ExecutorFuture<number>();
    const task = createTask(
      body(function* () {
        yield* awaited(future);
      }),
    );
    yield* awaited(sleep(0));
    task.cancel("enough");
    expect(yield* failureOf(task)).toMatchObject({ name: "CancelledError" });
    expect(future.cancelled()).toBe(true);
    expect(future.cancelReason()).toBe("enough");
  });

  eachEngine("ensureFuture() makes a future of the loop, that cancels it", function* () {
    const future = new ExecutorFuture<number>();
    const wrapper = ensureFuture(future);
    wrapper.cancel();
    yield* awaited(sleep(0));
    expect(future.cancelled()).toBe(true);
  });

  test("an exception that nobody reads is printed when the future is dropped", async () => {
    const print = vi.spyOn(console, "error").mockReturnValue();
    (() => new ExecutorFuture<number>().setException(new RangeError("lost")))();
    for (let tries = 0; tries < 50 && print.mock.calls.length === 0; tries++) {
      (globalThis as { gc?: () => void }).gc?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(print.mock.calls).toEqual([["The exception of a job was never retrieved", new RangeError("lost")]]);
    print.mockRestore();
  });

  test("an exception that nobody reads harms nobody where there is no process, as in browsers", () => {
    const { process } = globalThis;
    Reflect.deleteProperty(globalThis, "process");
    const future = new ExecutorFuture<number>();
    try {
      future.setException(new Error("unread"));
    } finally {
      globalThis.process = process;
    }
    expect(future.failure()).toMatchObject({ error: { message: "unread" } });
  });
});
