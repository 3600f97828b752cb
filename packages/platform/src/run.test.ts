import { RuntimeError } from "@asyncio-ts/contextvars";
import type { ExceptionContext } from "@asyncio-ts/core";
import { CancelledError, coroutine, createTask, currentTask, Future, sleep, type Task } from "@asyncio-ts/tasks";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { isSpent } from "../test/is-spent.ts";
import { virtual, virtualLoop } from "../test/virtual.ts";
import { DeadlockError } from "./errors.ts";
import type { EventLoop } from "./event-loop.ts";
import type { MainWork } from "./main-work.ts";
import { getEventLoop, setEventLoopPolicy } from "./policy.ts";
import { run } from "./run.ts";
import { getRunningLoop } from "./running-loop.ts";

const sayDone = coroutine(async function sayDone() {
  await sleep(1);
  return "done";
});

afterEach(() => setEventLoopPolicy(null));

describe("run()", () => {
  test.each<[string, () => MainWork<string>]>([
    ["an async function", () => async () => "done"],
    ["a coroutine function", () => sayDone],
    ["a coroutine", () => sayDone()],
  ])("answers the result of %s", async (_kind, makeMain) => {
    expect(await run(makeMain(), virtual)).toBe("done");
  });

  test("makes a new loop for each run and closes it", async () => {
    const loops = [await run(async () => getRunningLoop()), await run(async () => getRunningLoop())];
    expect(loops[0]).not.toBe(loops[1]);
    expect(loops.map((loop) => loop.isClosed())).toEqual([true, true]);
    expect(() => getEventLoop()).toThrow(RuntimeError);
  });

  test("runs on the loop that loopFactory makes", async () => {
    const loop = virtualLoop();
    const loopFactory = vi.fn<() => EventLoop>(() => loop);
    expect(await run(async () => getRunningLoop(), { loopFactory })).toBe(loop);
    expect(loopFactory.mock.calls).toEqual([[]]);
    expect(loop.isClosed()).toBe(true);
  });

  test("sets the debug mode", async () => {
    const debugOf = (debug: boolean | undefined) => run(async () => getRunningLoop().getDebug(), { ...virtual, debug });
    expect([await debugOf(true), await debugOf(false), await debugOf(undefined)]).toEqual([true, false, false]);
  });

  test("[96] cancels the tasks that are left behind", async () => {
    const left = await run(async () => {
      const task = createTask(sleep(100));
      await sleep(0);
      return [task] as const;
    }, virtual);
    expect(left[0].cancelled()).toBe(true);
  });

  test("[96] reports the errors of the tasks that are left behind", async () => {
    const reports: ExceptionContext[] = [];
    let left: Task<unknown> | undefined;
    const result = await run(async () => {
      getRunningLoop().setExceptionHandler((_loop, context) => reports.push(context));
      left = createTask(async () => {
        await sleep(100).catch(() => {
          throw new RangeError("spam");
        });
      });
      await sleep(0);
      return 123;
    }, virtual);
    expect(result).toBe(123);
    expect(reports).toHaveLength(1);
    expect(reports[0]?.message).toMatch(/asyncio\.run.*shutdown/);
    expect(reports[0]?.exception).toEqual(new RangeError("spam"));
    expect(reports[0]?.task === left).toBe(true);
  });

  test("rejects with what main throws, after the shutdown", async () => {
    let loop: EventLoop | undefined;
    let left: Task<unknown> | undefined;
    const failed = run(async () => {
      loop = getRunningLoop();
      left = createTask(sleep(100));
      throw new RangeError("spam");
    }, virtual);
    await expect(failed).rejects.toThrow(new RangeError("spam"));
    expect(left?.cancelled()).toBe(true);
    expect(loop?.isClosed()).toBe(true);
  });

  test("rejects with a CancelledError when main cancels itself, and runs its cleanup", async () => {
    let cleaned = false;
    const cancelled = run(async () => {
      try {
        const main = currentTask();
        createTask(async () => main?.cancel("enough"));
        await sleep(10);
      } finally {
        cleaned = true;
      }
    }, virtual);
    await expect(cancelled).rejects.toThrow(new CancelledError("enough"));
    expect(cleaned).toBe(true);
  });

  test("the abort of the signal cancels main", async () => {
    const cancelled = run(sleep(10), { ...virtual, signal: AbortSignal.abort("too late") });
    await expect(cancelled).rejects.toThrow(new CancelledError("too late"));
  });

  test("rejects with a DeadlockError, after main has cleaned up", async () => {
    let cleaned = false;
    const stuck = run(async () => {
      try {
        await new Future();
      } finally {
        await sleep(1);
        cleaned = true;
      }
    }, virtual);
    await expect(stuck).rejects.toThrow(DeadlockError);
    expect(cleaned).toBe(true);
  });

  test("rejects with the error of the shutdown, which names that of main as its cause", async () => {
    const print = vi.spyOn(console, "error").mockReturnValue(undefined);
    onTestFinished(() => print.mockRestore());
    const failed = run(async () => {
      createTask(async () => {
        for (;;) await new Future().catch(() => {});
      });
      await sleep(0);
      throw new RangeError("spam");
    }, virtual);
    await expect(failed).rejects.toMatchObject({ name: "DeadlockError", cause: new RangeError("spam") });
  });

  test("runs side by side are independent of each other", async () => {
    const delays = [3, 1, 2];
    const times = delays.map((delay) =>
      run(async () => {
        await sleep(delay);
        return getRunningLoop().time();
      }, virtual),
    );
    expect(await Promise.all(times)).toEqual(delays);
  });

  test("rejects inside a running loop, and closes the coroutine", async () => {
    await run(async () => {
      const refused = sayDone();
      await expect(run(refused)).rejects.toThrow(
        new RuntimeError("asyncio.run() cannot be called from a running event loop"),
      );
      expect(isSpent(refused)).toBe(true);
    }, virtual);
  });

  test("rejects in a callback of a running loop as well", async () => {
    const loop = virtualLoop();
    const refused = loop.createFuture<unknown>();
    loop.callSoon(() => {
      run(sayDone()).catch((error) => refused.setResult(error));
    });
    expect(await loop.runUntilComplete(refused)).toBeInstanceOf(RuntimeError);
    loop.close();
  });

  test.each([undefined, null, 42, "main", {}, []])("rejects %j, and makes no loop", async (main) => {
    const loopFactory = vi.fn<() => EventLoop>(virtualLoop);
    await expect(run(main as never, { loopFactory })).rejects.toThrow(TypeError);
    expect(loopFactory).not.toHaveBeenCalled();
  });

  test.each([{ debug: "yes" }, { loopFactory: 5 }, { signal: {} }])("rejects the options %j", async (options) => {
    const refused = sayDone();
    await expect(run(refused, options as never)).rejects.toThrow(TypeError);
    expect(isSpent(refused)).toBe(true);
  });

  test("rejects when loopFactory fails, and closes the coroutine", async () => {
    const refused = sayDone();
    const loopFactory = (): never => {
      throw new RangeError("no loop today");
    };
    await expect(run(refused, { loopFactory })).rejects.toThrow("no loop today");
    expect(isSpent(refused)).toBe(true);
  });
});
