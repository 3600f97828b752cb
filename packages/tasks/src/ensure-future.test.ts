import type { Scheduler } from "@asyncio-ts/core";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { allTasks } from "./all-tasks.ts";
import { coroutine } from "./coroutine.ts";
import { createTask } from "./create-task.ts";
import { ensureFuture, isFuture } from "./ensure-future.ts";
import { CancelledError } from "./errors.ts";
import { Future } from "./future.ts";
import { sleep } from "./sleep.ts";
import { Suspendable } from "./suspendable.ts";
import type { GeneratorBody, Steps } from "./suspension.ts";
import { Task } from "./task.ts";
import { awaited, collectReports, failureOf, runVirtual, VirtualLoop } from "./testing/index.ts";

describe("isFuture()", () => {
  test("isFuture() tells futures and tasks from everything else", async () => {
    class Reply extends Future<void> {}
    await runVirtual(function* () {
      const task = createTask(() => sleep(0));
      expect([new Future(), new Reply(), task].map(isFuture)).toEqual([true, true, true]);
      yield* task;
    });
    const others = [undefined, null, 5, "text", {}, [], Promise.resolve(), sleep(0), () => {}, Future];
    expect(others.some(isFuture)).toBe(false);
  });
});

describe("ensureFuture()", () => {
  eachEngine(
    "ensureFuture() answers the future that stands for what waits elsewhere, on the loop that is given",
    function* ({ loop }) {
      const asked: unknown[] = [];
      class Elsewhere extends Suspendable<number> {
        readonly future = new Future<number>();

        override [Symbol.iterator](): Steps<number> {
          return this.future[Symbol.iterator]();
        }

        override futureOn(given: Scheduler | undefined): Future<number> {
          asked.push(given);
          return this.future;
        }

        protected override settleOutsideTasks(): void {}
      }
      const elsewhere = new Elsewhere();

      expect(ensureFuture(elsewhere) === elsewhere.future).toBe(true);
      expect(ensureFuture(elsewhere, { loop }) === elsewhere.future).toBe(true);
      expect(asked).toEqual([undefined, loop]);
      elsewhere.future.setResult(7);
      expect(yield* awaited(elsewhere)).toBe(7);
    },
  );

  eachEngine("ensureFuture() answers a future or a task as it is", function* ({ loop }) {
    const future = new Future<number>();
    const task = createTask(() => sleep(0));
    expect(ensureFuture(future) === future).toBe(true);
    expect(ensureFuture(task, { loop }) === task).toBe(true);
    future.setResult(1);
    expect(yield* awaited(ensureFuture(future))).toBe(1);
    yield* awaited(task);
  });

  test("ensureFuture() of a future whose loop is another than the one given is refused", async () => {
    const other = new VirtualLoop();
    await runVirtual(function* () {
      const future = new Future<void>();
      expect(() => ensureFuture(future, { loop: other })).toThrow(RangeError);
      expect(future.done()).toBe(false);
      const foreign = new Future<void>({ loop: other });
      expect(ensureFuture(foreign) === foreign).toBe(true);
    });
  });

  eachEngine("ensureFuture() makes a task of work: a function, a coroutine, a generator", function* ({ body }) {
    const work = body(function* () {
      yield* awaited(sleep(0));
      return "done";
    });
    function* generator(): GeneratorBody<string> {
      return yield* sleep(0, "done");
    }
    for (const made of [work, coroutine(work)(), generator()]) {
      const future = ensureFuture<string>(made);
      expect(future).toBeInstanceOf(Task);
      expect(yield* awaited(future)).toBe("done");
    }
  });

  test("ensureFuture() of work on a closed loop, or without one, is refused", () => {
    const loop = new VirtualLoop();
    loop.close();
    const work = coroutine(function* () {});
    for (const make of [() => work(), () => work]) {
      expect(() => ensureFuture(make(), { loop })).toThrow("Event loop is closed");
      expect(() => ensureFuture(make())).toThrow("no running event loop");
    }
    expect(() => ensureFuture(Promise.resolve())).toThrow("no running event loop");
  });

  eachEngine("ensureFuture() of a promise has its outcome, and makes no task", function* () {
    const error = new RangeError("boom");
    const [returned, failed] = [ensureFuture(Promise.resolve("value")), ensureFuture(Promise.reject(error))];
    expect(allTasks().size).toBe(1);
    expect(yield* awaited(returned)).toBe("value");
    expect(yield* failureOf(failed)).toBe(error);
  });

  eachEngine("ensureFuture() of any thenable has its outcome", function* () {
    const thenable = { then: (resolve: (value: string) => void) => resolve("value") };
    expect(yield* awaited(ensureFuture(thenable as PromiseLike<string>))).toBe("value");
    const broken = {
      then() {
        throw new RangeError("broken");
      },
    };
    expect(yield* failureOf(ensureFuture(broken as PromiseLike<string>))).toEqual(new RangeError("broken"));
  });

  eachEngine("[32] cancelling the future of a promise abandons the promise, in silence", function* ({ loop }) {
    for (const settle of [
      (resolve: (value: string) => void) => resolve("ignored"),
      (_: unknown, reject: (error: unknown) => void) => reject(new Error("ignored as well")),
    ]) {
      const promise = new Promise<string>((resolve, reject) => loop.callLater(2, () => settle(resolve, reject)));
      const future = ensureFuture(promise);
      loop.callLater(1, () => future.cancel("given up"));
      expect(yield* failureOf(future)).toMatchObject({ name: "CancelledError", message: "given up" });
      yield* awaited(sleep(5));
      expect(future.cancelled()).toBe(true);
    }
  });

  eachEngine("[32] cancelling the future of a promise that is settled already keeps the outcome", function* () {
    const future = ensureFuture(Promise.resolve("value"));
    yield* awaited(future);
    expect(future.cancel()).toBe(false);
    expect([future.cancelled(), future.result()]).toEqual([false, "value"]);
  });

  eachEngine("[32] a task that awaits the future of a promise can be cancelled there", function* ({ loop, body }) {
    const never = new Promise<void>(() => {});
    const task = createTask(
      body(function* () {
        yield* awaited(ensureFuture(never));
      }),
    );
    yield* awaited(sleep(1));
    task.cancel();
    expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
    expect(loop.time()).toBe(1);
  });

  test("ensureFuture() of a promise that fails, when nobody reads it, is reported", async () => {
    const loop = new VirtualLoop();
    const reports = collectReports(loop);
    const future = ensureFuture(Promise.reject(new RangeError("boom")), { loop });
    await new Promise((resolve) => setImmediate(resolve));
    expect(future.done()).toBe(true);
    loop.close();
    expect(reports).toMatchObject([{ message: "Future exception was never retrieved" }]);
  });

  test("ensureFuture() of a promise that settles after the loop is closed does no harm", async () => {
    const loop = new VirtualLoop();
    let resolve = (_value: string): void => {};
    const promise = new Promise<string>((settle) => {
      resolve = settle;
    });
    const future = ensureFuture(promise, { loop });
    loop.close();
    resolve("late");
    await promise;
    expect(future.result()).toBe("late");
  });

  test("ensureFuture() of what cannot be awaited is a TypeError", async () => {
    await runVirtual(function* (loop) {
      const before = loop.statistics();
      for (const thing of [undefined, null, 5, "text", {}, [], Symbol("s"), Object.create(null)]) {
        expect(() => ensureFuture(thing as never)).toThrow(TypeError);
      }
      expect([allTasks().size, loop.statistics()]).toEqual([1, before]);
    });
  });
});
