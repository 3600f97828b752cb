import { CancelledError, createTask, Future, sleep } from "@asyncio-ts/tasks";
import { describe, expect, test, vi } from "vitest";
import { run } from "./run.ts";
import { runSync } from "./run-sync.ts";
import { getRunningLoop } from "./running-loop.ts";

describe("runSync()", () => {
  test("runs a generator coroutine to its end before it returns", () => {
    const order: number[] = [];
    const begun = performance.now();
    const result = runSync(function* () {
      order.push(1);
      const task = createTask(function* () {
        order.push(2);
        yield* sleep(0.02);
        order.push(4);
        return "of a task";
      });
      yield* sleep(0);
      order.push(3);
      return yield* task;
    });
    expect([result, ...order]).toEqual(["of a task", 1, 2, 3, 4]);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(20);
  });

  test("throws what the coroutine throws", () => {
    const error = new Error("from within");
    const fail = function* (): Generator<never, never> {
      yield* [];
      throw error;
    };
    expect(() => runSync(fail)).toThrow(error);
  });

  test("cancels the tasks that are left, and waits until they have cleaned up", () => {
    const seen: unknown[] = [];
    runSync(function* () {
      createTask(function* () {
        try {
          yield* sleep(60);
        } catch (error) {
          yield* sleep(0.001);
          seen.push(error);
          throw error;
        }
      });
      yield* sleep(0);
    });
    expect(seen).toEqual([expect.any(CancelledError)]);
  });

  test("reports what a task that is left fails with", () => {
    const print = vi.spyOn(console, "error").mockImplementation(() => {});
    runSync(function* () {
      createTask(function* () {
        try {
          yield* sleep(60);
        } catch {
          throw new Error("in its cleanup");
        }
      });
      yield* sleep(0);
    });
    expect(String(print.mock.calls[0])).toContain("unhandled exception during asyncio.run() shutdown");
    print.mockRestore();
  });

  test("throws a DeadlockError when nothing can wake it, as for a promise", () => {
    expect(() =>
      runSync(function* () {
        yield* new Future();
      }),
    ).toThrow("Nothing can wake the event loop any more; tasks pending: 1");
    const print = vi.spyOn(console, "error").mockImplementation(() => {}); // of the task, which cannot be cancelled either
    expect(() => runSync(async () => await sleep(0.001))).toThrow("waits on a promise that no loop knows of");
    print.mockRestore();
  });

  test("tells a loop that was stopped from one that is stuck", () => {
    const print = vi.spyOn(console, "error").mockImplementation(() => {}); // what is left is cancelled
    const stopped = function* () {
      getRunningLoop().stop();
      yield* sleep(0.01);
    };
    expect(() => runSync(stopped)).toThrow("Event loop stopped before the future was done");
    print.mockRestore();
  });

  test("names the error of its main task as the cause of that of its shutdown", () => {
    const print = vi.spyOn(console, "error").mockImplementation(() => {});
    const main = function* () {
      createTask(async () => await new Promise(() => {}), { name: "stuck" });
      yield* sleep(0);
      throw new RangeError("of main");
    };
    let error: unknown;
    try {
      runSync(main);
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ name: "DeadlockError", cause: new RangeError("of main") });
    print.mockRestore();
  });

  test("refuses a debug mode that is no boolean", () => {
    expect(() => runSync(sleep(0), { debug: "yes" as never })).toThrow(TypeError);
  });

  test("is refused inside a running loop", async () => {
    await expect(run(async () => runSync(sleep(0)))).rejects.toThrow(
      "runSync() cannot be called from a running event loop",
    );
  });

  test("has a loop in debug mode if asked for, and closes it", () => {
    const loop = runSync(
      function* () {
        yield* sleep(0);
        return getRunningLoop();
      },
      { debug: true },
    );
    expect([loop.getDebug(), loop.isClosed(), loop.isRunning()]).toEqual([true, true, false]);
  });
});
