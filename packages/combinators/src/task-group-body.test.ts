import { getEventListeners } from "node:events";
import { CancelledError, coroutine, createTask, currentTask, sleep, type Task } from "@asyncio-ts/tasks";
import { awaited, failureOf, runVirtual, VirtualLoop } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { ExceptionGroup } from "./exception-group.ts";
import type { TaskGroup } from "./task-group.ts";
import { taskGroup } from "./task-group-body.ts";

describe("taskGroup()", () => {
  eachEngine("runs the body in the current task, when it is awaited", function* ({ body }) {
    const task = currentTask();
    const seen: boolean[] = [];
    const main = body(function* () {
      seen.push(currentTask() === task);
    });
    const unrun = taskGroup(main);
    yield* awaited(sleep(0));
    expect(seen).toEqual([]);
    yield* awaited(unrun);
    expect(seen).toEqual([true]);
  });

  test("runs in a task of its own where there is none", async () => {
    const loop = new VirtualLoop();
    loop.callSoon(async () => {
      const main = async (group: TaskGroup): Promise<string> => {
        await group.createTask(() => sleep(1));
        return currentTask()?.getName() ?? "none";
      };
      expect(await taskGroup(main)).toMatch(/^Task-/);
      loop.stop();
    });
    await loop.runForever();
    expect(loop.time()).toBe(1);
    loop.close();
  });

  test("refuses what is no function, and options of the wrong type, at the call", async () => {
    await runVirtual(function* () {
      const main = function* () {};
      expect(() => taskGroup(undefined as never)).toThrow(TypeError);
      expect(() => taskGroup(main() as never)).toThrow("taskGroup() needs a function");
      expect(() => taskGroup(main, null as never)).toThrow(TypeError);
      expect(() => taskGroup(main, { signal: 5 as never })).toThrow("needs an AbortSignal as signal, not 5");
    });
  });

  eachEngine("fails if the body returns nothing that can be awaited", function* () {
    const error = (yield* failureOf(taskGroup((() => 5) as never))) as ExceptionGroup;
    expect(error.errors.map(String)).toEqual([expect.stringContaining("TypeError: A coroutine body returns")]);
  });
});

describe("the signal of taskGroup()", () => {
  eachEngine("cancels the body and the tasks, and its reason is thrown", function* ({ body, loop }) {
    const controller = new AbortController();
    const { signal } = controller;
    const reason = new RangeError("aborted");
    const seen: unknown[] = [];
    let child: Task<void> | undefined;
    const main = body(function* (group: TaskGroup): Generator<unknown, void> {
      child = group.createTask(() => sleep(10));
      const error = (yield* failureOf(sleep(10))) as CancelledError;
      seen.push(error.reason);
      throw error;
    });
    loop.callLater(1, () => controller.abort(reason));
    expect(yield* failureOf(taskGroup(main, { signal }))).toBe(reason);
    expect([child?.cancelled(), seen]).toEqual([true, [reason]]);
    expect([loop.time(), currentTask()?.cancelling()]).toEqual([1, 0]);
    expect(getEventListeners(signal, "abort")).toEqual([]);
    expect(yield* awaited(sleep(1, "goes on"))).toBe("goes on");
  });

  eachEngine("cancels while the group waits for its tasks, and waits for their cleanup", function* ({ body, loop }) {
    const controller = new AbortController();
    const cleaningUp = body(function* () {
      yield* failureOf(sleep(10));
      yield* awaited(sleep(5));
    });
    const main = body(function* (group: TaskGroup) {
      group.createTask(cleaningUp);
    });
    loop.callLater(1, () => controller.abort("enough"));
    expect(yield* failureOf(taskGroup(main, { signal: controller.signal }))).toBe("enough");
    expect([loop.time(), currentTask()?.cancelling()]).toEqual([6, 0]);
  });

  eachEngine("gives way to errors, and to a cancellation from outside", function* ({ body, loop }) {
    const controller = new AbortController();
    const { signal } = controller;
    const main = body(function* (group: TaskGroup) {
      group.createTask(
        body(function* () {
          yield* failureOf(sleep(10));
          throw new RangeError("cleanup");
        }),
      );
      yield* awaited(sleep(10));
    });
    const slow = body(function* (group: TaskGroup) {
      group.createTask(
        body(function* () {
          yield* failureOf(sleep(10));
          yield* awaited(sleep(5));
        }),
      );
    });
    const failing = createTask(taskGroup(main, { signal }));
    const cancelled = createTask(taskGroup(slow, { signal }));
    loop.callLater(1, () => controller.abort("enough"));
    loop.callLater(2, () => cancelled.cancel("outside"));
    expect(yield* failureOf(failing)).toBeInstanceOf(ExceptionGroup);
    expect(yield* failureOf(cancelled)).toBeInstanceOf(CancelledError);
    expect([cancelled.cancelled(), cancelled.cancelling(), loop.time()]).toEqual([true, 1, 6]);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  eachEngine("that is aborted before: the body does not run, and the reason is thrown", function* ({ body }) {
    let runs = 0;
    const main = body(function* () {
      runs++;
    });
    const signal = AbortSignal.abort("before");
    expect(yield* failureOf(taskGroup(main, { signal }))).toBe("before");
    expect(runs).toBe(0);
  });

  eachEngine("keeps no listener of a group that has ended, and does nothing to what comes after", function* ({ body }) {
    const controller = new AbortController();
    const { signal } = controller;
    const main = body(function* (group: TaskGroup) {
      group.createTask(coroutine(body(function* () {}))());
      return getEventListeners(signal, "abort").length;
    });
    expect(yield* awaited(taskGroup(main, { signal }))).toBe(1);
    const failing = body(function* () {
      throw new RangeError("failed");
    });
    yield* failureOf(taskGroup(failing, { signal }));
    expect(getEventListeners(signal, "abort")).toEqual([]);
    controller.abort();
    expect(currentTask()?.cancelling()).toBe(0);
  });
});
