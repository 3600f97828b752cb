import { inspect } from "node:util";
import { type Context, copyContext, RuntimeError } from "@asyncio-ts/contextvars";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { collectGarbage } from "../test/collect-garbage.ts";
import { eachEngine } from "../test/each-engine.ts";
import { coroutine } from "./coroutine.ts";
import { createTask } from "./create-task.ts";
import { InvalidStateError } from "./errors.ts";
import { Future } from "./future.ts";
import { sleep } from "./sleep.ts";
import type { Task } from "./task.ts";
import { awaited, failureOf, runVirtual, VirtualLoop } from "./testing/index.ts";

describe("the outcome of a task", () => {
  eachEngine("a task returns what its body returns", function* ({ body }) {
    const task = createTask(
      body(function* () {
        yield* awaited(sleep(1));
        return { the: "value" };
      }),
    );
    expect(() => task.result()).toThrow(InvalidStateError);
    expect(yield* awaited(task)).toEqual({ the: "value" });
    expect([task.done(), task.cancelled(), task.exception()]).toEqual([true, false, null]);
  });

  eachEngine("[26] a task throws what its body threw, the same each time, with the same stack", function* ({ body }) {
    const error = new TypeError("42");
    const { stack } = error;
    const task = createTask(
      body(function* () {
        yield* awaited(sleep(0));
        throw error;
      }),
    );
    for (let i = 0; i < 5; i++) {
      expect(yield* failureOf(task)).toBe(error);
      expect(error.stack).toBe(stack);
    }
    expect(task.exception()).toBe(error);
  });

  for (const error of [undefined, null, 0, "text"]) {
    eachEngine(`a body that throws ${String(error)} fails the task with that`, function* ({ body }) {
      const task = createTask(
        body(function* () {
          yield* awaited(sleep(0));
          throw error;
        }),
      );
      expect(yield* failureOf(task)).toBe(error);
      expect([task.done(), task.cancelled(), task.exception()]).toEqual([true, false, error]);
    });
  }

  eachEngine("setResult() and setException() of a task are refused, and change nothing", function* ({ body }) {
    const task = createTask(
      body(function* () {
        yield* awaited(sleep(1));
        return "its own";
      }),
    );
    const refused = (): void => {
      expect(() => task.setResult("mine")).toThrow(RuntimeError);
      expect(() => task.setException(new Error("mine"))).toThrow(RuntimeError);
    };
    refused();
    expect(yield* awaited(task)).toBe("its own");
    refused();
    expect(task.result()).toBe("its own");
  });

  eachEngine("a task that nobody refers to goes on", function* ({ loop, body }) {
    const order: string[] = [];
    (() => {
      createTask(
        body(function* () {
          const future = new Future<void>();
          const setter = new WeakRef(future);
          loop.callLater(1, () => setter.deref()?.setResult());
          yield* awaited(future);
          order.push("went on");
        }),
      );
    })();
    yield* awaited(sleep(0));
    yield* awaited(coroutine(() => garbageIsCollected(loop))());
    yield* awaited(sleep(2));
    expect(order).toEqual(["went on"]);
  });
});

/** Collect garbage, and keep a loop in virtual time from believing that nothing will ever happen again. */
async function garbageIsCollected(loop: VirtualLoop): Promise<void> {
  let collected = false;
  const keepAwake = (): void => {
    if (!collected) loop.callSoon(keepAwake);
  };
  keepAwake();
  (globalThis as unknown as { gc(): void }).gc();
  collected = true;
}

describe("names", () => {
  test("tasks without a name are numbered, in the order in which they are made", async () => {
    await runVirtual(function* () {
      const [first, named, second] = [
        createTask(() => sleep(0)),
        createTask(() => sleep(0), { name: "fetch" }),
        createTask(() => sleep(0)),
      ];
      const number = (task: Task<void>): number => Number(/^Task-(\d+)$/.exec(task.getName())?.[1]);
      expect(second.getName()).toMatch(/^Task-\d+$/);
      expect(named.getName()).toBe("fetch");
      expect(number(second) - number(first)).toBe(1);
      for (const task of [first, named, second]) yield* task;
    });
  });

  test("setName() renames, and takes anything", async () => {
    await runVirtual(function* () {
      const task = createTask(() => sleep(0), { name: 12 as never });
      expect(task.getName()).toBe("12");
      for (const [name, shown] of [
        ["worker", "worker"],
        [5, "5"],
        [Symbol("s"), "Symbol(s)"],
        ["", ""],
      ]) {
        task.setName(name);
        expect(task.getName()).toBe(shown);
      }
      yield* task;
    });
  });
});

describe("toString() of a task", () => {
  eachEngine("toString() tells the state, the name, and what it waits on", function* ({ body }) {
    const future = new Future<void>();
    const task = createTask(
      body(function* () {
        yield* awaited(future);
      }),
      { name: "t" },
    );
    expect(String(task)).toBe("<Task pending name='t'>");
    yield* awaited(sleep(0));
    expect(String(task)).toBe("<Task pending name='t' waiting on <Future pending>>");
    task.cancel();
    expect(String(task)).toBe("<Task cancelling name='t' waiting on <Future cancelled>>");
    yield* failureOf(task);
    expect(String(task)).toBe("<Task cancelled name='t'>");

    const returned = createTask(() => sleep(0), { name: "r" });
    yield* awaited(returned);
    expect(String(returned)).toBe("<Task finished name='r'>");
    const failed = createTask(
      body(function* () {
        throw new RangeError("boom");
      }),
      { name: "f" },
    );
    yield* failureOf(failed);
    expect(String(failed)).toBe("<Task finished name='f' exception=RangeError: boom>");
  });

  eachEngine("[27] toString() of tasks that wait for each other does not go round for ever", function* ({ body }) {
    const tasks: Task<void>[] = [];
    const waiter = body(function* (other: number) {
      yield* awaited(tasks[other] as Task<void>);
    });
    tasks.push(
      createTask(() => waiter(1), { name: "a" }),
      createTask(() => waiter(0), { name: "b" }),
    );
    yield* awaited(sleep(0));
    expect(tasks.map(String)).toEqual([
      "<Task pending name='a' waiting on task 'b'>",
      "<Task pending name='b' waiting on task 'a'>",
    ]);
    for (const task of tasks) expect(inspect(task)).toBe(String(task));
    tasks[0]?.cancel();
    for (const task of tasks) yield* failureOf(task);
  });

  test("toString() names the function that the task was made of", async () => {
    await runVirtual(function* () {
      const work = coroutine(function* work() {});
      const shown = [work, work(), async function fetchPage() {}].map((made) => {
        const task = createTask(made, { name: "t" });
        task.addDoneCallback(() => {});
        return String(task);
      });
      expect(shown).toEqual([
        "<Task pending name='t' coro=work()>",
        "<Task pending name='t' coro=work()>",
        "<Task pending name='t' coro=fetchPage()>",
      ]);
      yield* sleep(1);
    });
  });

  test("console.log shows a task by its toString()", async () => {
    await runVirtual(function* () {
      const task = createTask(() => sleep(0), { name: "t" });
      expect(inspect([task])).toBe("[ <Task pending name='t'> ]");
      yield* task;
    });
  });
});

describe("getCoro() and getContext()", () => {
  test("getCoro() is what the task was made of, also when it has ended", async () => {
    const work = coroutine(function* () {
      yield* sleep(1);
    });
    await runVirtual(function* () {
      for (const made of [work, work(), work()[Symbol.iterator]() as never, async () => await sleep(1)]) {
        const task = createTask(made);
        expect(task.getCoro() === made).toBe(true);
        yield* sleep(0);
        expect(task.getCoro() === made).toBe(true);
        yield* task;
        expect(task.getCoro() === made).toBe(true);
      }
    });
  });

  test("getContext() is the context in which the task runs", async () => {
    await runVirtual(function* () {
      const context: Context = copyContext();
      const task = createTask(() => sleep(0), { context });
      expect(task.getContext() === context).toBe(true);
      yield* task;
    });
  });
});

describe("waitingOn() and waitingAt()", () => {
  eachEngine("waitingOn() is empty before the first step, while running, and in a pause", function* ({ body }) {
    const seen: number[] = [];
    const task: Task<void> = createTask(
      body(function* () {
        seen.push(task.waitingOn().length);
        yield* awaited(sleep(0));
        seen.push(task.waitingOn().length);
        yield* awaited(sleep(1));
      }),
    );
    seen.push(task.waitingOn().length);
    yield* awaited(sleep(0));
    seen.push(task.waitingOn().length);
    yield* awaited(sleep(0));
    expect(task.waitingOn()).toHaveLength(1);
    yield* awaited(task);
    expect(seen).toEqual([0, 0, 0, 0]);
    expect(task.waitingOn()).toHaveLength(0);
  });

  test("waitingOn() tells all futures of a Promise.all(), and none in a foreign await", async () => {
    await runVirtual(async (loop) => {
      const futures = [new Future<void>(), new Future<void>(), new Future<void>()];
      const task = createTask(async () => {
        await Promise.all(futures);
        await new Promise<void>((resolve) => loop.callLater(1, resolve));
      });
      await sleep(0);
      expect(task.waitingOn().map((each) => futures.indexOf(each as Future<void>))).toEqual([0, 1, 2]);
      futures[1]?.setResult();
      await sleep(0);
      await sleep(0);
      expect(task.waitingOn().map((each) => futures.indexOf(each as Future<void>))).toEqual([0, 2]);
      futures[0]?.setResult();
      futures[2]?.setResult();
      await sleep(0.5);
      expect(task.waitingOn()).toEqual([]);
      expect(task.waitingAt()).toEqual([]);
      await task;
    });
  });

  async function napNatively(): Promise<void> {
    await sleep(1);
  }

  function* napInGenerator() {
    yield* sleep(1);
  }

  for (const [kind, nap] of [
    ["native", napNatively],
    ["generator", napInGenerator],
  ] as const) {
    test(`waitingAt() tells the line where a ${kind} body waits, in debug mode alone`, async () => {
      for (const debug of [true, false]) {
        await runVirtual(
          async () => {
            const task = createTask(nap);
            await sleep(0);
            const sites = task.waitingAt();
            const line = new RegExp(`^\\s*at (async )?${nap.name}.*task\\.test\\.ts:\\d+`);
            expect(sites.map((site) => line.test(site))).toEqual(debug ? [true] : []);
            await task;
            expect(task.waitingAt()).toEqual([]);
          },
          { debug },
        );
      }
    });
  }
});

describe("a cancellation that is swallowed", () => {
  let warnings: ReturnType<typeof vi.spyOn>;

  beforeEach(() => {
    warnings = vi.spyOn(process, "emitWarning").mockReturnValue();
  });

  afterEach(() => {
    warnings.mockRestore();
  });

  for (const debug of [true, false]) {
    test(`is ${debug ? "" : "not "}warned of ${debug ? "in" : "outside"} debug mode`, async () => {
      await runVirtual(
        function* () {
          const task = createTask(
            function* () {
              try {
                yield* sleep(1);
              } catch {}
              return "went on";
            },
            { name: "stubborn" },
          );
          yield* sleep(0);
          task.cancel();
          expect(yield* task).toBe("went on");
        },
        { debug },
      );
      const warning = [expect.stringContaining("'stubborn'"), "RuntimeWarning"];
      expect(warnings.mock.calls).toEqual(debug ? [warning] : []);
    });
  }

  test("is not warned of when it was taken back", async () => {
    await runVirtual(
      function* () {
        const task: Task<void> = createTask(function* () {
          try {
            yield* sleep(1);
          } catch {
            task.uncancel();
          }
        });
        yield* sleep(0);
        task.cancel();
        yield* task;
      },
      { debug: true },
    );
    expect(warnings).not.toHaveBeenCalled();
  });
});

test("a loop that is closed and dropped is collected, with its tasks", async () => {
  const loops: WeakRef<VirtualLoop>[] = [];
  await (async () => {
    const loop = new VirtualLoop();
    loops.push(new WeakRef(loop));
    const task = createTask(async () => await sleep(1), { loop });
    task.addDoneCallback(() => loop.stop());
    await loop.runForever();
    loop.close();
  })();
  await runVirtual(() => sleep(0)); // what remembers the loop that it has seen last has seen another
  for (let i = 0; i < 20 && loops[0]?.deref() !== undefined; i++) await collectGarbage();
  expect(loops[0]?.deref()).toBeUndefined();
});
