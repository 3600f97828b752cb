import { getEventListeners } from "node:events";
import { ContextVar, copyContext, RuntimeError } from "@asyncio-ts/contextvars";
import { ordered } from "@asyncio-ts/core/testing";
import { describe, expect, test, vi } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { coroutine } from "./coroutine.ts";
import { createTask } from "./create-task.ts";
import { CancelledError } from "./errors.ts";
import { Future } from "./future.ts";
import { sleep } from "./sleep.ts";
import { Task } from "./task.ts";
import { awaited, failureOf, runVirtual, VirtualLoop } from "./testing/index.ts";

describe("a cancel that finds the awaited future already failed", () => {
  eachEngine("gives way to a CancelledError that the future failed with", function* ({ body }) {
    const future = new Future<void>();
    const task = createTask(body(() => awaited(future)));
    yield* awaited(sleep(0));

    future.setException(new CancelledError("of the future"));
    task.cancel("of the task");
    expect(yield* failureOf(task)).toHaveProperty("reason", "of the future");
  });

  eachEngine("takes the place of any other error", function* ({ body }) {
    const future = new Future<void>();
    const task = createTask(body(() => awaited(future)));
    yield* awaited(sleep(0));

    future.setException(new Error("lost"));
    task.cancel("of the task");
    expect(yield* failureOf(task)).toHaveProperty("reason", "of the task");
  });
});

describe("a task that is cancelled before its first step", () => {
  test("does not have its coroutine reported as never awaited", async () => {
    const warned = vi.spyOn(process, "emitWarning").mockReturnValue();
    const neverRun = coroutine(function* neverRun() {});
    await runVirtual(function* () {
      createTask(neverRun()).cancel();
      yield* sleep(0);
    });
    expect(warned).not.toHaveBeenCalled();
    warned.mockRestore();
  });
});

describe("a cancel that finds one of several awaited futures already done", () => {
  const combinators: [string, (all: Promise<void>[]) => Promise<unknown>][] = [
    ["race", (all) => Promise.race(all)],
    ["all", (all) => Promise.all(all)],
    ["allSettled", (all) => Promise.allSettled(all)],
  ];
  test.each(combinators)("reaches all that Promise.%s() waits for", async (_name, combine) => {
    await runVirtual(async () => {
      const done = new Future<void>();
      const reasons: unknown[] = [];
      const branch = async (awaited: PromiseLike<void>): Promise<void> => {
        try {
          await awaited;
          reasons.push("not reached");
        } catch (error) {
          reasons.push((error as CancelledError).reason);
          throw error;
        }
      };
      const task = createTask(async () => {
        await combine([branch(done), branch(sleep(10))]);
      });
      await sleep(1);
      done.setResult();
      task.cancel("in between");
      await Promise.allSettled([task]);
      expect(reasons).toEqual(["in between", "in between"]);
    });
  });
});

describe("a task with a signal", () => {
  test("leaves the signal alone, though the loop ends in the turn in which the task does", async () => {
    const { signal } = new AbortController();
    const task = await runVirtual(function* () {
      return [createTask(function* () {}, { signal })];
    });
    expect(task[0]?.done()).toBe(true);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});

describe("Context.run() inside a native body", () => {
  test("is that of a generator coroutine which it awaits, over all of its steps", async () => {
    const variable = new ContextVar("cvar", { default: "outside" });
    const look = coroutine(function* () {
      const before = variable.get();
      yield* sleep(1);
      yield* coroutine(async () => await sleep(1))();
      variable.set(`${variable.get()}, changed`);
      return [before, variable.get()];
    });
    await runVirtual(async () => {
      const context = copyContext();
      const seen = await context.run(async () => {
        variable.set("inside");
        return await look();
      });
      expect(seen).toEqual(["inside", "inside, changed"]);
      expect([variable.get(), context.get(variable)]).toEqual(["outside", "inside, changed"]);
    });
  });
});

describe("a task that a promise resumes after its loop was closed", () => {
  test("meets the closed loop where it suspends next, and may clean up", async () => {
    const { promise, resolve } = deferred();
    const order = ordered();
    const loop = new VirtualLoop();
    loop.setExceptionHandler(() => order.step(2));
    const task = new Task(
      function* () {
        yield* coroutine(() => promise)();
        order.step(3);
        try {
          yield* sleep(0);
        } finally {
          order.finish(4);
        }
      },
      { loop },
    );
    loop.callSoon(() => loop.callSoon(() => loop.stop()));
    await loop.runForever();
    order.step(1);
    loop.close();

    resolve();
    await promise;
    await Promise.resolve();
    expect(task.exception()).toEqual(new RuntimeError("Event loop is closed"));
  });
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((resolvePromise) => {
    resolve = resolvePromise;
  });
  return { promise, resolve };
}
