import { ContextVar } from "@asyncio-ts/contextvars";
import { describe, expect, test } from "vitest";
import { allTasks } from "./all-tasks.ts";
import { coroutine } from "./coroutine.ts";
import { createTask, setTaskFactory } from "./create-task.ts";
import { currentTask } from "./current-task.ts";
import { createEagerTaskFactory, eagerTaskFactory } from "./eager-task.ts";
import { CancelledError } from "./errors.ts";
import { Future } from "./future.ts";
import { sleep } from "./sleep.ts";
import type { GeneratorBody } from "./suspension.ts";
import { Task, type TaskOptions, type Work } from "./task.ts";
import { collectReports, runVirtual, VirtualLoop } from "./testing/index.ts";

/** Run a generator body in a loop whose tasks are eager. */
function runEager<T>(work: (loop: VirtualLoop) => GeneratorBody<T> | Promise<T>): Promise<T> {
  return runVirtual<T>((loop) => {
    setTaskFactory(loop, eagerTaskFactory);
    return work(loop);
  });
}

describe("an eager task with a generator body", () => {
  test("that does not suspend is done before createTask() returns, without the loop", async () => {
    await runEager(function* (loop) {
      const before = loop.statistics();
      const task = createTask(function* () {
        return "hello";
      });
      expect([task.done(), task.result(), loop.statistics()]).toEqual([true, "hello", before]);
      expect(yield* task).toBe("hello");
      expect(loop.statistics()).toEqual(before);
    });
  });

  test("that does not suspend may settle a future on the way", async () => {
    await runEager(function* () {
      const future = new Future<string>();
      const task = createTask(function* () {
        future.setResult("my message");
      });
      expect(task.done()).toBe(true);
      expect(yield* future).toBe("my message");
    });
  });

  test("that suspends goes on in the loop", async () => {
    await runEager(function* (loop) {
      const task = createTask(function* () {
        yield* sleep(0.1);
        return "finished after blocking";
      });
      expect(task.done()).toBe(false);
      expect(yield* task).toBe("finished after blocking");
      expect(loop.time()).toBe(0.1);
    });
  });

  test("that throws in its first step is failed; createTask() does not throw", async () => {
    const error = new RangeError("boom");
    await runEager(function* () {
      const task = createTask(function* () {
        throw error;
      });
      expect([task.done(), task.exception()]).toEqual([true, error]);
    });
  });

  test("that throws in its first step and is never read is reported", async () => {
    const loop = new VirtualLoop();
    const reports = collectReports(loop);
    loop.callSoon(() => {
      createTask(
        function* () {
          throw new RangeError("boom");
        },
        { eagerStart: true },
      );
      loop.stop();
    });
    await loop.runForever();
    loop.close();
    expect(reports).toMatchObject([{ message: "Task exception was never retrieved" }]);
  });

  test("[95] that ended eagerly ignores cancel()", async () => {
    await runEager(function* () {
      const task = createTask(function* () {
        return "finished without blocking";
      });
      expect(task.cancel()).toBe(false);
      expect(yield* task).toBe("finished without blocking");
      expect([task.cancelled(), task.cancelling()]).toEqual([false, 0]);
    });
  });

  test("that suspends is cancelled as any other", async () => {
    await runEager(function* (loop) {
      const task = createTask(function* () {
        yield* sleep(0.1);
      });
      expect(task.cancel("cancellation message")).toBe(true);
      expect(task.cancelling()).toBe(1);
      const error = yield* failure(task);
      expect(error).toBeInstanceOf(CancelledError);
      expect(error).toMatchObject({ message: "cancellation message" });
      expect(loop.time()).toBe(0);
    });
  });

  test("that cancels itself and returns is cancelled", async () => {
    await runEager(function* () {
      const task = createTask(function* () {
        currentTask()?.cancel();
        return "dropped";
      });
      expect(task.cancelled()).toBe(true);
    });
  });

  test("[95] is the current task in its first step, and its creator is again after it", async () => {
    await runEager(function* () {
      const creator = currentTask();
      let inside: Task<unknown> | null = null;
      const task: Task<void> = createTask(function* () {
        inside = currentTask();
        const nested: Task<boolean> = createTask(
          function* () {
            return currentTask() === nested;
          },
          { eagerStart: false },
        );
        expect(currentTask() === inside).toBe(true);
        expect(yield* nested).toBe(true);
        yield* sleep(0.1);
        expect(currentTask() === inside).toBe(true);
      });
      expect([inside === task, currentTask() === creator]).toEqual([true, true]);
      yield* task;
      expect(currentTask() === creator).toBe(true);
    });
  });

  test("[95] gives the current task back though its first step throws", async () => {
    await runEager(function* () {
      const creator = currentTask();
      createTask(function* () {
        throw new Error("read at once");
      }).exception();
      expect(currentTask() === creator).toBe(true);
    });
  });

  test("[95] is among all tasks during its first step, and not after it if it has ended", async () => {
    await runEager(function* () {
      let during: Set<Task<unknown>> = new Set();
      const task = createTask(function* () {
        during = allTasks();
      });
      expect([during.has(task), allTasks().has(task), allTasks().size]).toEqual([true, false, 1]);
    });
  });

  test("[95] is among all tasks until it has ended, if it suspends", async () => {
    await runEager(function* () {
      const [first, second] = [new Future<void>(), new Future<void>()];
      let during: Set<Task<unknown>> = new Set();
      const task = createTask(function* () {
        during = allTasks();
        yield* first;
        second.setResult();
      });
      expect([during.has(task), allTasks().has(task)]).toEqual([true, true]);
      first.setResult();
      yield* second;
      expect(allTasks().has(task)).toBe(false);
    });
  });

  test("[95] runs in a context of its own, also in its first step", async () => {
    const variable = new ContextVar("cv", { default: 0 });
    await runEager(function* () {
      variable.set(1);
      const seen: number[] = [];
      const task = createTask(function* () {
        seen.push(variable.get());
        variable.set(2);
        yield* sleep(0.1);
        seen.push(variable.get());
        variable.set(3);
      });
      expect([seen, variable.get()]).toEqual([[1], 1]);
      yield* task;
      expect([seen, variable.get()]).toEqual([[1, 2], 1]);
    });
  });

  test("that awaits a done future, or a coroutine that does not suspend, does not suspend", async () => {
    const chain = coroutine(function* (depth: number): GeneratorBody<number> {
      return depth === 0 ? 0 : 1 + (yield* chain(depth - 1));
    });
    await runEager(function* () {
      const done = new Future<number>();
      done.setResult(1);
      const task = createTask(function* () {
        return (yield* done) + (yield* chain(100));
      });
      expect(task.result()).toBe(101);
    });
  });

  test("of eager tasks, each in the first step of another, ends without a turn", async () => {
    await runEager(function* (loop) {
      const { turns } = loop.statistics();
      const nest = (depth: number): Task<number> =>
        createTask(function* () {
          return depth === 0 ? 0 : 1 + (yield* nest(depth - 1));
        });
      expect(nest(200).result()).toBe(200);
      expect(loop.statistics().turns).toBe(turns);
    });
  });
});

describe("an eager task with a native body", () => {
  test("starts inside createTask(), and ends without a turn if it does not suspend", async () => {
    await runEager(async (loop) => {
      let started = false;
      const { turns } = loop.statistics();
      const task = createTask(async () => {
        started = true;
        return "hello";
      });
      expect(started).toBe(true);
      expect(await task).toBe("hello");
      expect(loop.statistics().turns).toBe(turns);
    });
  });

  test("is the current task and has its own context, before its first await and after it", async () => {
    const variable = new ContextVar("cv", { default: 0 });
    await runEager(async () => {
      const creator = currentTask();
      variable.set(1);
      const inside: unknown[] = [];
      const task = createTask(async () => {
        inside.push(currentTask());
        variable.set(2);
        await sleep(0.1);
        inside.push(currentTask(), variable.get());
      });
      expect([currentTask() === creator, variable.get()]).toEqual([true, 1]);
      await task;
      expect([inside[0] === task, inside[1] === task, inside[2], variable.get()]).toEqual([true, true, 2, 1]);
    });
  });

  test("that suspends is cancelled where it waits", async () => {
    await runEager(async (loop) => {
      const task = createTask(async () => await sleep(10));
      await sleep(0);
      task.cancel("enough");
      await expect(task).rejects.toThrow("enough");
      expect(loop.time()).toBe(0);
    });
  });

  test("that is cancelled before its first await has been noticed is cancelled there", async () => {
    await runEager(async () => {
      const task = createTask(async () => await sleep(10));
      task.cancel("at once");
      await expect(task).rejects.toThrow("at once");
    });
  });
});

describe("eagerStart", () => {
  test("eagerStart of one task takes its first step at once, without a factory", async () => {
    await runVirtual(function* () {
      expect(
        createTask(
          function* () {
            return 1;
          },
          { eagerStart: true },
        ).result(),
      ).toBe(1);
    });
  });

  test("eagerStart: false of one task overrules the factory", async () => {
    await runEager(function* () {
      const task = createTask(
        function* () {
          return 1;
        },
        { eagerStart: false },
      );
      expect(task.done()).toBe(false);
      expect(yield* task).toBe(1);
    });
  });

  test("eagerStart on a loop that is not running waits for the loop", async () => {
    const loop = new VirtualLoop();
    let ran = false;
    const task = createTask(
      function* () {
        ran = true;
      },
      { loop, eagerStart: true },
    );
    expect([ran, task.done()]).toEqual([false, false]);
    task.addDoneCallback(() => loop.stop());
    await loop.runForever();
    expect(ran).toBe(true);
  });

  test("eagerStart with a signal that is aborted already never runs", async () => {
    await runVirtual(function* () {
      let ran = false;
      const task = createTask(
        function* () {
          ran = true;
        },
        { eagerStart: true, signal: AbortSignal.abort() },
      );
      expect([task.cancelled(), ran]).toEqual([true, false]);
    });
  });

  test("eagerStart in a plain callback runs in the task, and the callback is in no task after it", async () => {
    const seen: unknown[] = [];
    await runVirtual(function* (loop) {
      loop.callSoon(() => {
        const task = createTask(
          function* () {
            seen.push(currentTask()?.getName());
          },
          { eagerStart: true, name: "eager" },
        );
        seen.push(task.done(), currentTask());
      });
      yield* sleep(0);
    });
    expect(seen).toEqual(["eager", true, null]);
  });
});

describe("createEagerTaskFactory()", () => {
  test("makes tasks of the class, eager unless they ask otherwise", async () => {
    const made: (boolean | undefined)[] = [];
    class CountingTask<T> extends Task<T> {
      constructor(work: Work<T>, options: TaskOptions) {
        made.push(options.eagerStart);
        super(work, options);
      }
    }
    await runVirtual(function* (loop) {
      setTaskFactory(loop, createEagerTaskFactory(CountingTask));
      const task = createTask(function* () {
        return 1;
      });
      expect(task).toBeInstanceOf(CountingTask);
      expect(task.result()).toBe(1);
      yield* createTask(() => sleep(0), { eagerStart: false });
    });
    expect(made).toEqual([true, false]);
  });

  test("refuses what is no class", () => {
    for (const taskClass of [undefined, null, 5, "Task", {}]) {
      expect(() => createEagerTaskFactory(taskClass as never)).toThrow(TypeError);
    }
  });
});

function* failure(task: Task<unknown>): GeneratorBody<unknown> {
  try {
    yield* task;
  } catch (error) {
    return error;
  }
  throw new Error("A failure was expected");
}
