import { describe, expect, test, vi } from "vitest";
import { coroutine } from "../coroutine.ts";
import { createTask } from "../create-task.ts";
import { currentTask } from "../current-task.ts";
import { Future } from "../future.ts";
import { sleep } from "../sleep.ts";
import { runVirtual, VirtualLoop } from "./run-virtual.ts";

describe("runVirtual()", () => {
  test("runVirtual() answers the result of the work, of each kind", async () => {
    const work = coroutine(function* (value: number) {
      return yield* sleep(3600, value);
    });
    expect(await runVirtual(async () => await work(1))).toBe(1);
    expect(await runVirtual(() => work(2))).toBe(2);
    expect(await runVirtual(work(3))).toBe(3);
    expect(
      await runVirtual(function* () {
        return yield* work(4);
      }),
    ).toBe(4);
  });

  test("runVirtual() throws what the work throws", async () => {
    const error = new RangeError("boom");
    const failing = async (): Promise<never> => {
      await sleep(1);
      throw error;
    };
    await expect(runVirtual(failing)).rejects.toBe(error);
  });

  test("runVirtual() gives the work its loop, and closes that", async () => {
    let given: VirtualLoop | undefined;
    await runVirtual(async (loop) => {
      given = loop;
      expect(currentTask()?.getLoop()).toBe(loop);
      expect([loop.isRunning(), loop.time()]).toEqual([true, 0]);
      await sleep(3600);
      expect(loop.time()).toBe(3600);
    });
    expect(given?.isClosed()).toBe(true);
  });

  test("runVirtual() takes no real time", async () => {
    const started = performance.now();
    await runVirtual(() => sleep(86_400));
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test("runVirtual() of work that waits for ever is refused, and closes the loop", async () => {
    const print = vi.spyOn(console, "error").mockReturnValue();
    let given: VirtualLoop | undefined;
    const stuck = runVirtual(async (loop) => {
      given = loop;
      await new Future<void>();
    });
    await expect(stuck).rejects.toThrow("Nothing can wake the event loop");
    expect(given?.isClosed()).toBe(true);
    expect(print).toHaveBeenCalledWith(expect.stringContaining("Task was destroyed but it is pending!"));
    print.mockRestore();
  });

  test("runVirtual() reports what is left", async () => {
    const reports: string[] = [];
    await runVirtual(function* (loop) {
      loop.setExceptionHandler((_, { message }) => void reports.push(message));
      createTask(() => sleep(10));
      new Future<void>().setException(new Error("nobody reads this"));
      yield* sleep(1);
    });
    expect(new Set(reports)).toEqual(
      new Set(["Task was destroyed but it is pending!", "Future exception was never retrieved"]),
    );
  });

  test("runVirtual() takes the options of a loop", async () => {
    for (const debug of [true, false]) {
      expect(await runVirtual(async (loop) => loop.getDebug(), { debug })).toBe(debug);
    }
  });
});

describe("VirtualLoop", () => {
  test("its host can let time pass while a callback runs", async () => {
    const loop = new VirtualLoop();
    loop.callSoon(() => {
      loop.host.advance(5);
      loop.stop();
    });
    await loop.runForever();
    expect(loop.time()).toBe(5);
    loop.close();
  });

  test("tasks of both kinds go on in the next run, after stop()", async () => {
    const loop = new VirtualLoop();
    const log: string[] = [];
    createTask(
      async () => {
        await sleep(1);
        log.push("native");
        await sleep(2);
        log.push("native");
      },
      { loop },
    );
    createTask(
      function* () {
        yield* sleep(1);
        log.push("generator");
        yield* sleep(2);
        log.push("generator");
      },
      { loop },
    );
    loop.callLater(2, () => loop.stop());
    await loop.runForever();
    expect([loop.time(), log]).toEqual([2, ["native", "generator"]]);
    loop.callLater(2, () => loop.stop());
    await loop.runForever();
    expect([loop.time(), log]).toEqual([4, ["native", "generator", "native", "generator"]]);
    loop.close();
  });
});
