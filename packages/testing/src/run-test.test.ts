import { getRunningLoop } from "@asyncio-ts/platform";
import { coroutine, createTask, currentTask, type GeneratorBody, sleep } from "@asyncio-ts/tasks";
import { describe, expect, test, vi } from "vitest";
import { bodies, failureOf } from "../test/failing.ts";
import { runTest, type TestBody, VirtualEventLoop } from "./index.ts";

const spam = coroutine(function* spam(): GeneratorBody<void> {});

describe("runTest()", () => {
  test("answers what the body returns, at no cost of time, in the main task of its loop", async () => {
    const began = performance.now();
    const results = [
      await runTest(async (loop) => {
        await sleep(86_000);
        return [loop.time(), loop === getRunningLoop(), loop instanceof VirtualEventLoop, currentTask()?.getName()];
      }),
      await runTest(function* (loop) {
        yield* sleep(86_000);
        return [loop.time(), loop === getRunningLoop(), loop instanceof VirtualEventLoop, currentTask()?.getName()];
      }),
      await runTest(() => sleep(1, [86_000, true, true, "main"])),
    ];
    expect(results).toEqual(Array(3).fill([86_000, true, true, "main"]));
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  test("throws what the body throws, and closes the loop", async () => {
    const error = new RangeError("boom");
    let given: VirtualEventLoop | undefined;
    const failing: TestBody<void>[] = [
      async (loop) => {
        given = loop;
        await sleep(1);
        throw error;
      },
      function* (loop) {
        given = loop;
        yield* sleep(1);
        throw error;
      },
    ];
    for (const body of failing) {
      expect(await failureOf(body)).toBe(error);
      expect(given?.isClosed()).toBe(true);
    }
  });

  test("lets tasks that only have to be left alone come to their end", async () => {
    for (const body of bodies(() => void createTask(() => sleep(0)))) await runTest(body, {});
    const several = async (): Promise<void> => {
      for (let turn = 0; turn < 9; turn++) await sleep(0);
    };
    await runTest(async () => void createTask(several));
    await runTest(async () => {
      const task = createTask(() => sleep(10));
      await sleep(0);
      task.cancel();
    });
  });

  test("prints the reports of a body that fails by itself", async () => {
    const print = vi.spyOn(console, "error").mockReturnValue();
    const error = await failureOf(async (loop) => {
      loop.callExceptionHandler({ message: "the reason, perhaps" });
      spam();
      throw new Error("the failure");
    });
    expect(error.message).toBe("the failure");
    expect(print.mock.calls).toEqual([["the reason, perhaps"]]);
    print.mockRestore();
  });

  test("is refused inside a running loop", async () => {
    const inner = async (): Promise<Error> => await failureOf(async () => {});
    expect((await runTest(inner)).message).toContain("running");
  });

  test("refuses what it cannot use, at the call", async () => {
    const body = async (): Promise<void> => {};
    await expect(runTest(1 as never)).rejects.toThrow("runTest() needs a function, not 1");
    await expect(runTest(body, { timeout: "1" as never })).rejects.toThrow(TypeError);
    await expect(runTest(body, { timeout: Number.NaN })).rejects.toThrow(RangeError);
    await expect(runTest(body, { turns: 0 })).rejects.toThrow("runTest() cannot use 0 as turns");
    await expect(runTest(body, { turns: "5" as never })).rejects.toThrow(TypeError);
    await expect(runTest(body, { patience: -1 })).rejects.toThrow("runTest() cannot use -1 as patience");
    await expect(runTest(body, { allow: "task" as never })).rejects.toThrow(TypeError);
    await expect(runTest(body, { allow: ["tasks" as never] })).rejects.toThrow(
      'does not know the kind of leak "tasks"',
    );
  });
});
