import { Context, ContextVar, copyContext, RuntimeError } from "@asyncio-ts/contextvars";
import type { ExceptionContext } from "@asyncio-ts/core";
import { ordered } from "@asyncio-ts/core/testing";
import {
  allTasks,
  CancelledError,
  coroutine,
  createTask,
  currentTask,
  Future,
  sleep,
  type Task,
} from "@asyncio-ts/tasks";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { isSpent } from "../test/is-spent.ts";
import { virtual, virtualLoop } from "../test/virtual.ts";
import { DeadlockError } from "./errors.ts";
import type { EventLoop } from "./event-loop.ts";
import type { MainWork } from "./main-work.ts";
import { getEventLoop, getEventLoopPolicy, setEventLoopPolicy } from "./policy.ts";
import { run } from "./run.ts";
import { Runner } from "./runner.ts";

const sayDone = coroutine(async function sayDone() {
  await sleep(1);
  return "done";
});

function* doneGenerator() {
  yield* sleep(1);
  return "done";
}

function reportsOf(loop: EventLoop): ExceptionContext[] {
  const reports: ExceptionContext[] = [];
  loop.setExceptionHandler((_loop, context) => reports.push(context));
  return reports;
}

afterEach(() => setEventLoopPolicy(null));

describe("new Runner()", () => {
  test("makes no loop until one is needed", async () => {
    const loopFactory = vi.fn<() => EventLoop>(virtualLoop);
    const runner = new Runner({ loopFactory });
    expect(loopFactory).not.toHaveBeenCalled();
    const loop = runner.getLoop();
    expect(runner.getLoop()).toBe(loop);
    await runner.run(sayDone());
    expect(loopFactory).toHaveBeenCalledTimes(1);
    await runner.close();
  });

  test("sets the debug mode of the loop, or leaves it as the factory has made it", async () => {
    const modes: boolean[] = [];
    for (const debug of [true, false, undefined]) {
      await using runner = new Runner({ debug, loopFactory: () => virtualLoop({ debug: true }) });
      modes.push(runner.getLoop().getDebug());
    }
    expect(modes).toEqual([true, false, true]);
  });

  test("refuses options of the wrong type", () => {
    expect(() => new Runner({ debug: 1 as never })).toThrow("The option debug is a boolean, not 1");
    expect(() => new Runner({ loopFactory: virtualLoop() as never })).toThrow(TypeError);
  });

  test("refuses a loopFactory that makes no loop, and can be asked again", async () => {
    const loopFactory = vi.fn<() => EventLoop>(virtualLoop).mockReturnValueOnce({} as never);
    const runner = new Runner({ loopFactory });
    expect(() => runner.getLoop()).toThrow(TypeError);
    expect(await runner.run(sayDone())).toBe("done");
    await runner.close();
  });

  test("makes its loop the current one, once, unless it comes from a loopFactory", async () => {
    const setEventLoop = vi.spyOn(getEventLoopPolicy(), "setEventLoop");
    await using runner = new Runner();
    await runner.run(async () => {});
    await runner.run(async () => {});
    expect(setEventLoop.mock.calls).toEqual([[runner.getLoop()]]);
    expect(getEventLoop()).toBe(runner.getLoop());

    const own = new Runner(virtual);
    await own.run(sayDone());
    await own.close();
    expect(getEventLoop()).toBe(runner.getLoop());

    await runner.close();
    expect(() => getEventLoop()).toThrow(RuntimeError);
  });
});

describe("runner.run()", () => {
  test("refuses a promise, which runs already and outside of any task", async () => {
    await using runner = new Runner();
    await expect(runner.run(Promise.resolve() as never)).rejects.toThrow(
      "Runner.run() cannot run a promise, which runs already; pass the function: run(main), not run(main())",
    );
  });

  test.each<[string, () => MainWork<string>]>([
    ["an async function", () => async () => "done"],
    ["a function*", () => doneGenerator],
    ["a coroutine function", () => sayDone],
    ["a coroutine", () => sayDone()],
    ["a generator", () => doneGenerator()],
  ])("runs %s as a task", async (_kind, makeWork) => {
    await using runner = new Runner(virtual);
    expect(await runner.run(makeWork())).toBe("done");
  });

  test("runs a future and a task of its loop", async () => {
    await using runner = new Runner(virtual);
    const loop = runner.getLoop();
    const future = loop.createFuture<string>();
    loop.callLater(1, () => future.setResult("done"));
    expect(await runner.run(future)).toBe("done");
    expect(await runner.run(loop.createTask(sayDone()))).toBe("done");
  });

  test("rejects with what the work throws", async () => {
    await using runner = new Runner(virtual);
    await expect(
      runner.run(async () => {
        await sleep(0);
        throw new RangeError("spam");
      }),
    ).rejects.toThrow(new RangeError("spam"));
    expect(await runner.run(sayDone())).toBe("done");
  });

  test("calls the function in the main task, on the loop", async () => {
    await using runner = new Runner(virtual);
    const [loop, task] = await runner.run(async () => [getEventLoop(), currentTask()]);
    expect(loop).toBe(runner.getLoop());
    expect(String(task)).toMatch(/^<Task finished name='Task-\d+'>$/);
  });

  test("[95] keeps one context over runs", async () => {
    const variable = new ContextVar("variable", { default: -1 });
    const exchange = async (value: number): Promise<number> => {
      const old = variable.get();
      await sleep(0);
      variable.set(value);
      return old;
    };
    await using runner = new Runner(virtual);
    expect(await runner.run(() => exchange(1))).toBe(-1);
    expect(await runner.run(() => exchange(2))).toBe(1);
    expect((await runner.run(async () => copyContext())).get(variable)).toBe(2);
    expect(variable.get()).toBe(-1);
  });

  test("[95] the context is a copy of that in which the loop was made", async () => {
    const variable = new ContextVar("variable", { default: "outside" });
    const runner = new Runner(virtual);
    const context = new Context();
    context.run(() => {
      variable.set("inside");
      runner.getLoop();
      variable.set("too late");
    });
    expect(await runner.run(async () => variable.get())).toBe("inside");
    await runner.close();
  });

  test("runs in the context that it is given, not in a copy", async () => {
    const variable = new ContextVar("variable", { default: 0 });
    const context = new Context();
    await using runner = new Runner(virtual);
    await runner.run(async () => void variable.set(1), { context });
    expect(context.get(variable)).toBe(1);
    expect(await runner.run(async () => variable.get())).toBe(0);
  });

  test("leaves the tasks that the work has started for the next run", async () => {
    const order = ordered();
    await using runner = new Runner(virtual);
    await runner.run(async () => {
      createTask(async () => {
        order.step(2);
        await sleep(1);
        order.finish(4);
      });
      order.step(1);
      await sleep(0);
    });
    order.step(3);
    await runner.run(sleep(2));
  });

  test("the abort of the signal cancels the main task, which may clean up", async () => {
    const controller = new AbortController();
    await using runner = new Runner(virtual);
    let cleaned = false;
    runner.getLoop().callLater(1, () => controller.abort("too slow"));
    const result = runner.run(
      async () => {
        try {
          await sleep(10);
        } finally {
          await sleep(1);
          cleaned = true;
        }
      },
      { signal: controller.signal },
    );
    await expect(result).rejects.toThrow(new CancelledError("too slow"));
    expect(cleaned).toBe(true);
    expect(runner.getLoop().time()).toBe(2);
  });

  test("a signal that is aborted already lets the work not begin", async () => {
    const work = vi.fn<() => Promise<void>>(async () => {});
    await using runner = new Runner(virtual);
    await expect(runner.run(work, { signal: AbortSignal.abort() })).rejects.toThrow(CancelledError);
    expect(work).not.toHaveBeenCalled();
  });

  test("rejects inside a running loop, of whatever runner, and closes the coroutine", async () => {
    await using runner = new Runner(virtual);
    await using other = new Runner(virtual);
    await runner.run(async () => {
      for (const each of [runner, other]) {
        const refused = sayDone();
        await expect(each.run(refused)).rejects.toThrow(
          new RuntimeError("Runner.run() cannot be called from a running event loop"),
        );
        expect(isSpent(refused)).toBe(true);
      }
    });
  });

  test("rejects while the runner is running, also outside of its loop", async () => {
    await using runner = new Runner(virtual);
    const first = runner.run(sayDone());
    const refused = sayDone();
    await expect(runner.run(refused)).rejects.toThrow("Runner.run() cannot be called while the runner is running");
    expect(isSpent(refused)).toBe(true);
    expect(await first).toBe("done");
  });

  test("rejects after the runner was closed, and closes the coroutine", async () => {
    const runner = new Runner(virtual);
    await runner.run(sayDone());
    await runner.close();
    const refused = sayDone();
    await expect(runner.run(refused)).rejects.toThrow(new RuntimeError("Runner is closed"));
    expect(isSpent(refused)).toBe(true);
  });

  test("rejects on a loop that somebody has closed", async () => {
    const runner = new Runner(virtual);
    runner.getLoop().close();
    await expect(runner.run(sayDone())).rejects.toThrow(new RuntimeError("Event loop is closed"));
    await runner.close();
  });

  test.each([undefined, null, 42, "work", {}, [], { next() {} }])("rejects %j, and makes no loop", async (work) => {
    const loopFactory = vi.fn<() => EventLoop>(virtualLoop);
    const runner = new Runner({ loopFactory });
    await expect(runner.run(work as never)).rejects.toThrow(TypeError);
    expect(loopFactory).not.toHaveBeenCalled();
  });

  test("rejects options of the wrong type, and closes the coroutine", async () => {
    await using runner = new Runner(virtual);
    for (const options of [{ context: {} }, { context: null }, { signal: {} }, { signal: 5 }]) {
      const refused = sayDone();
      await expect(runner.run(refused, options as never)).rejects.toThrow(TypeError);
      expect(isSpent(refused)).toBe(true);
    }
    expect(allTasks(runner.getLoop()).size).toBe(0);
  });

  test("rejects a function that returns nothing to wait for", async () => {
    await using runner = new Runner(virtual);
    await expect(runner.run((() => 42) as never)).rejects.toThrow("A coroutine body returns a generator, a promise");
  });

  test("rejects another loop's future, and creates no task", async () => {
    await using runner = new Runner(virtual);
    const other = virtualLoop();
    await expect(runner.run(other.createFuture())).rejects.toThrow(RangeError);
    expect(allTasks(runner.getLoop()).size).toBe(0);
    other.close();
  });

  test("rejects with a DeadlockError when nothing can ever happen, and can run again", async () => {
    await using runner = new Runner(virtual);
    await expect(runner.run(async () => await new Future())).rejects.toThrow(DeadlockError);
    expect(await runner.run(sayDone())).toBe("done");
  });
});

describe("runner.close()", () => {
  test("inside a running loop is refused, and leaves the runner as it was", async () => {
    const runner = new Runner();
    runner.getLoop();
    await expect(run(() => runner.close())).rejects.toThrow("Cannot close a runner from a running event loop");
    expect(await runner.run(sleep(0, "still open"))).toBe("still open");
    await runner.close();
  });

  test("does nothing before the first use, nor after the first time", async () => {
    const loopFactory = vi.fn<() => EventLoop>(virtualLoop);
    const unused = new Runner({ loopFactory });
    await unused.close();
    expect(await unused.run(sayDone())).toBe("done");
    const loop = unused.getLoop();
    await unused.close();
    expect(loop.isClosed()).toBe(true);
    await unused.close();
    expect(() => unused.getLoop()).toThrow(new RuntimeError("Runner is closed"));
  });

  test("is done by await using", async () => {
    let loop: EventLoop;
    {
      await using runner = new Runner(virtual);
      loop = runner.getLoop();
    }
    expect(loop.isClosed()).toBe(true);
  });

  test("[96] cancels the tasks that are left, waits for them, then closes the loop", async () => {
    const order = ordered();
    const runner = new Runner(virtual);
    const loop = runner.getLoop();
    loop.onClose(() => order.finish(6));
    await runner.run(async () => {
      for (const [began, cancelled] of [
        [1, 4],
        [2, 5],
      ] as const) {
        createTask(async () => {
          order.step(began);
          try {
            await sleep(100);
          } finally {
            order.step(cancelled);
            await sleep(1);
          }
        });
      }
      await sleep(1);
      order.step(3);
    });
    await runner.close();
    expect(loop.time()).toBe(2);
    expect(allTasks(loop).size).toBe(0);
  });

  test("[96] reports the errors that the tasks end with, each once", async () => {
    const runner = new Runner(virtual);
    const reports = reportsOf(runner.getLoop());
    const left: Task<unknown>[] = [];
    await runner.run(async () => {
      left.push(
        createTask(async () => {
          await sleep(100).catch(() => {
            throw new RangeError("spam");
          });
        }),
        createTask(sleep(100)),
        createTask(async () => await sleep(100).catch(() => "swallowed")),
      );
      await sleep(0);
    });
    await runner.close();
    expect(left.map((task) => task.done())).toEqual([true, true, true]);
    expect(reports).toHaveLength(1);
    expect(reports[0]?.message).toBe("unhandled exception during asyncio.run() shutdown");
    expect(reports[0]?.exception).toEqual(new RangeError("spam"));
    expect(reports[0]?.task === left[0]).toBe(true);
  });

  test("does not wait for what is started meanwhile; the close of the loop reports it", async () => {
    const runner = new Runner(virtual);
    const reports = reportsOf(runner.getLoop());
    await runner.run(async () => {
      createTask(async () => {
        await sleep(100).catch(() => {});
        createTask(sleep(100), { name: "late" });
      });
      await sleep(0);
    });
    await runner.close();
    expect(reports.map(({ message, task }) => `${message} ${task}`)).toEqual([
      expect.stringMatching(/^Task was destroyed but it is pending! <Task pending name='late'/),
    ]);
  });

  test("rejects while the runner is running, and changes nothing", async () => {
    const runner = new Runner(virtual);
    const running = runner.run(sayDone());
    await expect(runner.close()).rejects.toThrow(new RuntimeError("Cannot close a runner that is running"));
    expect(await running).toBe("done");
    await runner.close();
  });

  test("called twice at once, waits twice for the one shutdown", async () => {
    const runner = new Runner(virtual);
    const loop = runner.getLoop();
    loop.createTask(sleep(100));
    await runner.run(sleep(0));
    const closings = [runner.close(), runner.close()];
    expect(() => runner.getLoop()).toThrow("Runner is closed");
    for (const closing of closings) {
      await closing;
      expect(loop.isClosed()).toBe(true);
    }
  });

  test("closes the loop also when a task refuses to end, and says which", async () => {
    const print = vi.spyOn(console, "error").mockReturnValue(undefined);
    onTestFinished(() => print.mockRestore());
    const runner = new Runner(virtual);
    const loop = runner.getLoop();
    loop.createTask(
      async () => {
        for (;;) await new Future().catch(() => {});
      },
      { name: "stubborn" },
    );
    await runner.run(sleep(0));
    await expect(runner.close()).rejects.toThrow(/tasks pending: 1\n {2}<Task cancelling name='stubborn'/);
    expect(loop.isClosed()).toBe(true);
  });

  test("has nothing left to do for a loop that somebody has closed", async () => {
    const runner = new Runner(virtual);
    runner.getLoop().close();
    await runner.close();
    expect(() => runner.getLoop()).toThrow("Runner is closed");
  });
});
