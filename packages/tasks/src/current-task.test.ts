import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { createTask } from "./create-task.ts";
import { currentTask } from "./current-task.ts";
import { Future } from "./future.ts";
import { sleep } from "./sleep.ts";
import type { Task } from "./task.ts";
import { awaited, runVirtual, VirtualLoop } from "./testing/index.ts";

describe("currentTask()", () => {
  eachEngine("[22] is right after each await of two tasks that interleave", function* ({ body }) {
    const [first, second] = [new Future<void>(), new Future<void>()];
    const seen: boolean[] = [];
    const one: Task<void> = createTask(
      body(function* () {
        seen.push(currentTask() === one);
        yield* awaited(first);
        seen.push(currentTask() === one);
        second.setResult();
      }),
    );
    const other: Task<void> = createTask(
      body(function* () {
        seen.push(currentTask() === other);
        first.setResult();
        yield* awaited(second);
        seen.push(currentTask() === other);
      }),
    );
    yield* awaited(one);
    yield* awaited(other);
    expect(seen).toEqual([true, true, true, true]);
  });

  eachEngine("is the same in nested calls, in every branch, and after errors that were caught", function* ({ body }) {
    const own = currentTask();
    const inner = body(function* (fail: boolean) {
      expect(currentTask() === own).toBe(true);
      yield* awaited(sleep(0));
      expect(currentTask() === own).toBe(true);
      if (fail) throw new Error("caught below");
    });
    yield* awaited(inner(false));
    try {
      yield* awaited(inner(true));
    } catch {
      expect(currentTask() === own).toBe(true);
    }
    expect(currentTask() === own).toBe(true);
  });

  eachEngine("is the task while its cleanup runs", function* ({ body }) {
    const seen: boolean[] = [];
    const task: Task<void> = createTask(
      body(function* () {
        try {
          yield* awaited(sleep(10));
        } finally {
          seen.push(currentTask() === task);
          yield* awaited(sleep(0));
          seen.push(currentTask() === task);
        }
      }),
    );
    yield* awaited(sleep(0));
    task.cancel();
    yield* awaited(sleep(1));
    expect(seen).toEqual([true, true]);
  });

  eachEngine("is null in callbacks, timers and the exception handler", function* ({ loop }) {
    const seen: unknown[] = [];
    loop.setExceptionHandler(() => void seen.push(currentTask()));
    loop.callSoon(() => seen.push(currentTask()));
    loop.callLater(1, () => seen.push(currentTask(loop)));
    loop.callSoon(() => {
      throw new Error("goes to the exception handler");
    });
    yield* awaited(sleep(2));
    expect(seen).toEqual([null, null, null]);
  });

  test("is null outside of the loop, and for a loop that the caller is not in", async () => {
    const other = new VirtualLoop();
    expect(currentTask(other)).toBe(null);
    await runVirtual(function* (loop) {
      expect(currentTask(loop)?.getName()).toBe("main");
      expect(currentTask(other)).toBe(null);
    });
  });

  test("without a running loop is refused", () => {
    expect(() => currentTask()).toThrow(
      expect.objectContaining({ name: "RuntimeError", message: expect.stringMatching(/^no running event loop/) }),
    );
  });

  test("is null in an async function that outlives its task", async () => {
    const seen: unknown[] = [];
    await runVirtual(async () => {
      await createTask(async () => {
        void (async () => {
          await sleep(1);
          seen.push(currentTask());
        })();
      });
      await sleep(2);
    });
    expect(seen).toEqual([null]);
  });

  test("of two loops that run side by side is that of each", async () => {
    const names: (string | undefined)[] = [];
    const look = async (delay: number): Promise<void> => {
      names.push(currentTask()?.getLoop().time().toString());
      await sleep(delay);
      names.push(currentTask()?.getLoop().time().toString());
    };
    await Promise.all([runVirtual(() => look(1)), runVirtual(() => look(2))]);
    expect(new Set(names)).toEqual(new Set(["0", "1", "2"]));
  });
});
