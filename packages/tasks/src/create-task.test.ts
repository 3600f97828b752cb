import { copyContext } from "@asyncio-ts/contextvars";
import type { Scheduler } from "@asyncio-ts/core";
import { describe, expect, test, vi } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { allTasks } from "./all-tasks.ts";
import { coroutine } from "./coroutine.ts";
import { createTask, getTaskFactory, setTaskFactory, type TaskFactory } from "./create-task.ts";
import { CancelledError } from "./errors.ts";
import { Future } from "./future.ts";
import { sleep } from "./sleep.ts";
import type { GeneratorBody } from "./suspension.ts";
import { Task, type TaskOptions, type Work } from "./task.ts";
import { awaited, failureOf, runVirtual, VirtualLoop } from "./testing/index.ts";

describe("createTask()", () => {
  eachEngine("createTask() begins the work in the next turn, after its creator suspends", function* ({ loop, body }) {
    const order: string[] = [];
    const task = createTask(
      body(function* () {
        order.push(`turn ${loop.statistics().turns - turns}`);
        return "result";
      }),
    );
    const { turns } = loop.statistics();
    order.push("created");
    expect(yield* awaited(task)).toBe("result");
    expect(order).toEqual(["created", "turn 1"]);
  });

  test("createTask() takes a function, a coroutine, or a generator", async () => {
    const work = coroutine(function* (value: number) {
      yield* sleep(1);
      return value;
    });
    function* generator(value: number) {
      return yield* work(value);
    }
    await runVirtual(async () => {
      expect(await createTask(() => work(1))).toBe(1);
      expect(await createTask(work(2))).toBe(2);
      expect(await createTask(() => generator(3))).toBe(3);
      expect(await createTask(generator(4))).toBe(4);
      expect(await createTask(async () => work(5))).toBe(5);
      expect(await createTask(() => createTask(() => work(6)))).toBe(6);
      expect(await createTask(() => Promise.resolve(7))).toBe(7);
    });
  });

  eachEngine("createTask() answers a task of the running loop", function* ({ loop }) {
    const task = createTask(() => sleep(0));
    expect(task).toBeInstanceOf(Task);
    expect(task.getLoop()).toBe(loop);
    yield* awaited(task);
  });

  test("createTask() with a loop schedules there, though that does not run yet", async () => {
    const loop = new VirtualLoop();
    const task = createTask(() => sleep(5, "done"), { loop });
    task.addDoneCallback(() => loop.stop());
    await loop.runForever();
    expect([task.result(), loop.time()]).toEqual(["done", 5]);
  });

  test("createTask() of a generator that has ended gives undefined, of the one that is running fails", async () => {
    await runVirtual(function* () {
      const ended = (function* () {})();
      ended.next();
      expect(yield* createTask(ended)).toBeUndefined();

      const bodies: GeneratorBody<unknown>[] = [];
      bodies.push(
        (function* () {
          // The step is taken inside this one, so that the generator is running.
          return createTask(bodies[0] as GeneratorBody<unknown>, { eagerStart: true }).exception();
        })(),
      );
      expect(yield* createTask(bodies[0] as GeneratorBody<unknown>)).toBeInstanceOf(TypeError);
    });
  });
});

describe("createTask() with a signal", () => {
  /** A signal that knows its listeners. */
  function watched(): { controller: AbortController; listeners(): number } {
    const controller = new AbortController();
    let count = 0;
    const { signal } = controller;
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
    vi.spyOn(signal, "addEventListener").mockImplementation((...args: Parameters<typeof add>) => {
      count++;
      add(...args);
    });
    vi.spyOn(signal, "removeEventListener").mockImplementation((...args: Parameters<typeof remove>) => {
      count--;
      remove(...args);
    });
    return { controller, listeners: () => count };
  }

  eachEngine("a signal that is aborted already cancels the task before its first step", function* ({ body }) {
    let ran = false;
    const task = createTask(
      body(function* () {
        ran = true;
      }),
      { signal: AbortSignal.abort("never mind") },
    );
    expect(yield* failureOf(task)).toMatchObject({ name: "CancelledError", reason: "never mind" });
    expect([task.cancelled(), ran]).toEqual([true, false]);
  });

  eachEngine("a signal that is aborted later cancels the task, with its reason", function* ({ loop, body }) {
    const { controller, listeners } = watched();
    const task = createTask(
      body(function* () {
        yield* awaited(sleep(10));
      }),
      { signal: controller.signal },
    );
    loop.callLater(1, () => controller.abort(new RangeError("out of bounds")));
    const error = yield* failureOf(task);
    expect(error).toBeInstanceOf(CancelledError);
    expect(error).toMatchObject({ message: "out of bounds", cause: new RangeError("out of bounds") });
    expect(loop.time()).toBe(1);
    yield* awaited(sleep(0));
    expect(listeners()).toBe(0);
  });

  eachEngine("a signal that is aborted without a reason cancels with an AbortError as the cause", function* ({ loop }) {
    const controller = new AbortController();
    const task = createTask(() => sleep(10), { signal: controller.signal });
    loop.callLater(1, () => controller.abort());
    const error = (yield* failureOf(task)) as CancelledError;
    expect(error.cause).toMatchObject({ name: "AbortError" });
    expect(task.cancelled()).toBe(true);
  });

  eachEngine("the listener is gone once the task is done, however it ended", function* ({ body }) {
    const { controller, listeners } = watched();
    const { signal } = controller;
    const make = (end: () => void): Task<void> =>
      createTask(
        body(function* () {
          yield* awaited(sleep(1));
          end();
        }),
        { signal },
      );
    const tasks = [make(() => {}), make(() => throwing()), make(() => {})];
    expect(listeners()).toBe(1);
    yield* awaited(sleep(0));
    tasks[2]?.cancel();
    yield* awaited(tasks[0] as Task<void>);
    yield* failureOf(tasks[1] as Task<void>);
    yield* failureOf(tasks[2] as Task<void>);
    yield* awaited(sleep(0));
    expect(listeners()).toBe(0);
    controller.abort();
    expect(tasks.map((task) => task.cancelling())).toEqual([0, 0, 1]);
  });

  function throwing(): never {
    throw new Error("read by the test");
  }
});

describe("[24] createTask() that is refused", () => {
  const work = coroutine(function* work() {});

  /** What is warned of while `act` runs. */
  function warningsDuring(act: () => void): string[] {
    const emitWarning = vi.spyOn(process, "emitWarning").mockReturnValue();
    try {
      act();
      return emitWarning.mock.calls.map(([message]) => String(message));
    } finally {
      emitWarning.mockRestore();
    }
  }

  test("[24] createTask() on a closed loop closes the coroutine, so that nobody is warned", async () => {
    const loop = new VirtualLoop();
    loop.close();
    const running = new VirtualLoop();
    const begun: ReturnType<typeof work>[] = [];
    running.callSoon(() => {
      begun.push(work());
      expect(() => createTask(begun[0] as never, { loop })).toThrow(
        expect.objectContaining({ name: "RuntimeError", message: "Event loop is closed" }),
      );
      running.stop();
    });
    await running.runForever();
    expect(warningsDuring(() => running.close())).toEqual([]);
    expect(allTasks(loop).size).toBe(0);
    expect(() => begun[0]?.[Symbol.iterator]()).toThrow("already awaited");
  });

  test("[24] createTask() with a factory that throws closes the coroutine", async () => {
    const loop = new VirtualLoop();
    setTaskFactory(loop, () => {
      throw new RangeError("no more tasks");
    });
    loop.callSoon(() => {
      expect(() => createTask(work())).toThrow("no more tasks");
      loop.stop();
    });
    await loop.runForever();
    expect(warningsDuring(() => loop.close())).toEqual([]);
  });

  test("[24] createTask() without a loop closes the coroutine", () => {
    const begun = work();
    expect(() => createTask(begun)).toThrow(
      expect.objectContaining({ name: "RuntimeError", message: expect.stringMatching(/^no running event loop/) }),
    );
    expect(() => begun[Symbol.iterator]()).toThrow("already awaited");
  });
});

describe("bad input of createTask()", () => {
  const makers = [
    ["createTask()", createTask],
    ["new Task()", <T>(work: Work<T>, options?: TaskOptions) => new Task(work, options)],
  ] as const;

  for (const [name, make] of makers) {
    test(`${name} of a running promise says to pass the function`, async () => {
      await runVirtual(function* (loop) {
        const before = loop.statistics();
        expect(() => make(Promise.resolve(1) as never)).toThrow(
          expect.objectContaining({
            name: "TypeError",
            message: "Cannot make a task of a running promise; pass the function that makes it: () => f()",
          }),
        );
        expect(() => make({ then() {} } as never)).toThrow("running promise");
        expect([allTasks().size, loop.statistics()]).toEqual([1, before]);
      });
    });

    test(`${name} of what is no work is a TypeError, and makes nothing`, async () => {
      await runVirtual(function* (loop) {
        const before = loop.statistics();
        const future = new Future<void>();
        for (const work of [undefined, null, 5, "text", {}, [], Object.create(null), Symbol("s"), future]) {
          expect(() => make(work as never)).toThrow(TypeError);
        }
        expect(() => make(future as never)).toThrow("Cannot make a task of <Future pending>");
        expect([allTasks().size, loop.statistics()]).toEqual([1, before]);
      });
    });

    for (const [option, values] of [
      ["loop", [5, "loop", {}]],
      ["context", [5, "context", {}, new Map()]],
      ["signal", [5, "signal", {}, new AbortController()]],
    ] as const) {
      for (const value of values) {
        test(`${name} with ${String(value)} as ${option} is a TypeError, and makes nothing`, async () => {
          await runVirtual(function* (loop) {
            const before = loop.statistics();
            expect(() => make(() => sleep(0), { [option]: value } as never)).toThrow(TypeError);
            expect([allTasks().size, loop.statistics()]).toEqual([1, before]);
          });
        });
      }
    }

    test(`${name} on a closed loop is refused, and makes nothing`, () => {
      const loop = new VirtualLoop();
      loop.close();
      const controller = new AbortController();
      const listen = vi.spyOn(controller.signal, "addEventListener");
      for (const eagerStart of [false, true]) {
        expect(() => make(() => sleep(0), { loop, eagerStart, signal: controller.signal })).toThrow(
          "Event loop is closed",
        );
      }
      expect(allTasks(loop).size).toBe(0);
      expect(listen).not.toHaveBeenCalled();
    });
  }

  test("createTask() takes options that are undefined as absent", async () => {
    await runVirtual(function* () {
      const none = { name: undefined, context: undefined, eagerStart: undefined, signal: undefined, loop: undefined };
      const task = createTask(() => sleep(0, 1), none);
      expect(task.getName()).toMatch(/^Task-\d+$/);
      expect(yield* task).toBe(1);
    });
  });
});

describe("setTaskFactory()", () => {
  class CountedTask<T> extends Task<T> {}

  eachEngine("setTaskFactory() lets the factory make the tasks, with all options", function* ({ loop, body }) {
    const calls: unknown[][] = [];
    const factory: TaskFactory = (...args) => {
      calls.push(args);
      const [, work, options] = args;
      return new CountedTask(work, options);
    };
    expect(getTaskFactory(loop)).toBe(null);
    setTaskFactory(loop, factory);
    expect(getTaskFactory(loop)).toBe(factory);

    const work = body(function* () {
      return "made by the factory";
    });
    const context = copyContext();
    const task = createTask(work, { name: "counted", context, eagerStart: false });
    expect(task).toBeInstanceOf(CountedTask);
    expect(yield* awaited(task)).toBe("made by the factory");
    expect(calls).toHaveLength(1);
    const [givenLoop, givenWork, options] = calls[0] as [Scheduler, unknown, TaskOptions];
    expect([givenLoop === loop, givenWork === work]).toEqual([true, true]);
    expect([options.name, options.context === context, options.eagerStart, options.loop === loop]).toEqual([
      "counted",
      true,
      false,
      true,
    ]);

    setTaskFactory(loop, null);
    expect(getTaskFactory(loop)).toBe(null);
    const ordinary = createTask(work);
    expect(ordinary).not.toBeInstanceOf(CountedTask);
    yield* awaited(ordinary);
  });

  test("setTaskFactory() concerns its own loop only", () => {
    const [one, other] = [new VirtualLoop(), new VirtualLoop()];
    const factory: TaskFactory = (_loop, work, options) => new CountedTask(work, options);
    setTaskFactory(one, factory);
    expect([getTaskFactory(one) === factory, getTaskFactory(other)]).toEqual([true, null]);
  });

  test("setTaskFactory() refuses what is neither a function nor null", () => {
    const loop = new VirtualLoop();
    for (const factory of [undefined, 5, "factory", {}]) {
      expect(() => setTaskFactory(loop, factory as never)).toThrow(TypeError);
    }
    expect(getTaskFactory(loop)).toBe(null);
  });
});
