import { RuntimeError } from "@asyncio-ts/contextvars";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { coroutine } from "./coroutine.ts";
import { createTask } from "./create-task.ts";
import { currentTask } from "./current-task.ts";
import { Future } from "./future.ts";
import { sleep } from "./sleep.ts";
import type { GeneratorBody } from "./suspension.ts";
import type { Task } from "./task.ts";
import { awaited, failureOf, runVirtual, VirtualLoop } from "./testing/index.ts";

/** The turns that CPython 3.13 takes for the same, measured there. */
describe("how many turns an await takes", () => {
  eachEngine("none: a done future, a done task, a coroutine that does not suspend", function* ({ loop, body }) {
    const done = new Future<void>();
    done.setResult();
    const failed = new Future<void>();
    failed.setException(new Error("read below"));
    const task = createTask(body(function* () {}));
    yield* awaited(task);
    const outer = body(function* () {
      yield* awaited(body(function* () {})());
      yield* awaited(coroutine(body(function* () {}))());
      yield* awaited(done);
    });

    const { turns } = loop.statistics();
    yield* awaited(done);
    yield* failureOf(failed);
    yield* awaited(task);
    yield* awaited(outer());
    expect(loop.statistics().turns - turns).toBe(0);
  });

  eachEngine("one: sleep(0), however deep in calls", function* ({ loop, body }) {
    const inner = body(function* () {
      yield* awaited(sleep(0));
    });
    const outer = body(function* () {
      yield* awaited(inner());
      yield* awaited(inner());
    });
    const start = loop.statistics().turns;
    yield* awaited(sleep(0));
    expect(loop.statistics().turns - start).toBe(1);
    yield* awaited(outer());
    expect(loop.statistics().turns - start).toBe(3);
  });

  eachEngine("one: the cancellation of oneself, at the next await", function* ({ loop, body }) {
    for (const delay of [0, 100]) {
      const turns = yield* awaited(
        createTask(
          body(function* () {
            const before = loop.statistics().turns;
            currentTask()?.cancel();
            yield* failureOf(sleep(delay));
            return loop.statistics().turns - before;
          }),
        ),
      );
      expect(turns).toBe(1);
    }
  });

  eachEngine("two: a future that is resolved by callSoon()", function* ({ loop }) {
    const future = new Future<void>();
    loop.callSoon(() => future.setResult());
    const { turns } = loop.statistics();
    yield* awaited(future);
    expect(loop.statistics().turns - turns).toBe(2);
  });

  eachEngine("two: a new task that does nothing, or awaits what is done", function* ({ loop, body }) {
    const done = new Future<void>();
    done.setResult();
    const works = [
      body(function* () {}),
      body(function* () {
        yield* awaited(done);
      }),
      body(function* () {
        yield* awaited(body(function* () {})());
      }),
    ];
    for (const work of works) {
      const { turns } = loop.statistics();
      yield* awaited(createTask(work));
      expect(loop.statistics().turns - turns).toBe(2);
    }
  });

  eachEngine("two: a task that awaits another new task", function* ({ loop, body }) {
    const { turns } = loop.statistics();
    const inner = createTask(body(function* () {}));
    yield* awaited(
      createTask(
        body(function* () {
          yield* awaited(inner);
        }),
      ),
    );
    expect(loop.statistics().turns - turns).toBe(2);
  });

  eachEngine("two: a task that is cancelled, before its first step or in its sleep", function* ({ loop, body }) {
    for (const started of [false, true]) {
      const task = createTask(
        body(function* () {
          yield* awaited(sleep(10));
        }),
      );
      if (started) yield* awaited(sleep(0));
      const { turns } = loop.statistics();
      task.cancel();
      yield* failureOf(task);
      expect(loop.statistics().turns - turns).toBe(2);
    }
  });

  eachEngine("two: a task whose inner future is cancelled", function* ({ loop, body }) {
    const future = new Future<void>();
    const task = createTask(
      body(function* () {
        yield* awaited(future);
      }),
    );
    yield* awaited(sleep(0));
    const { turns } = loop.statistics();
    future.cancel();
    yield* failureOf(task);
    expect(loop.statistics().turns - turns).toBe(2);
  });

  eachEngine("as many counted by a chain of callSoon() as by statistics()", function* ({ loop, body }) {
    let ticks = 0;
    const tick = (): void => {
      ticks++;
      handle = loop.callSoon(tick);
    };
    let handle = loop.callSoon(tick);
    yield* awaited(sleep(0));
    const before = [ticks, loop.statistics().turns] as const;
    yield* awaited(createTask(body(function* () {})));
    yield* awaited(sleep(0));
    expect([ticks - before[0], loop.statistics().turns - before[1]]).toEqual([3, 3]);
    handle.cancel();
  });
});

describe("an await that is no good", () => {
  eachEngine("[20] of oneself is a RuntimeError inside the task", function* ({ body }) {
    const errors: unknown[] = [];
    const task: Task<string> = createTask(
      body(function* () {
        errors.push(yield* failureOf(task));
        return "went on";
      }),
      { name: "narcissus" },
    );
    expect(yield* awaited(task)).toBe("went on");
    expect(errors[0]).toBeInstanceOf(RuntimeError);
    expect(errors[0]).toMatchObject({ message: expect.stringMatching(/^A task cannot await itself: .*'narcissus'/) });
  });

  eachEngine("[20] of oneself, by a call inside the task, is a RuntimeError as well", function* ({ body }) {
    const inner = body(function* (task: Task<unknown>) {
      yield* awaited(task);
    });
    const task: Task<void> = createTask(
      body(function* () {
        yield* awaited(inner(task));
      }),
    );
    expect(yield* failureOf(task)).toBeInstanceOf(RuntimeError);
    expect(task.cancelled()).toBe(false);
  });

  eachEngine("[21] of another loop's future is an error that names both", function* ({ body }) {
    const other = new VirtualLoop();
    const future = new Future<void>({ loop: other });
    const task = createTask(
      body(function* () {
        yield* awaited(future);
      }),
      { name: "stranger" },
    );
    const error = yield* failureOf(task);
    expect(error).toBeInstanceOf(RuntimeError);
    expect(error).toMatchObject({
      message: expect.stringMatching(
        /^<Task .*'stranger'.*> got <Future pending>, which is attached to a different loop$/,
      ),
    });
    future.setResult();
    other.close();
  });

  eachEngine("[21] of another loop's task leaves that task alone", function* ({ body }) {
    const other = new VirtualLoop();
    other.setExceptionHandler(() => {});
    const foreign = createTask(() => sleep(1), { loop: other });
    const task = createTask(
      body(function* () {
        yield* awaited(foreign);
      }),
    );
    yield* awaited(sleep(0));
    task.cancel();
    yield* failureOf(task);
    expect([foreign.done(), foreign.cancelling()]).toEqual([false, 0]);
    other.close();
  });

  eachEngine("[21] of another loop's done future takes its result", function* () {
    const other = new VirtualLoop();
    const future = new Future<string>({ loop: other });
    future.setResult("done there");
    expect(yield* awaited(future)).toBe("done there");
    other.close();
  });

  const yields: readonly [name: string, make: () => unknown][] = [
    ["a future", () => new Future<void>()],
    ["a task", () => createTask(() => sleep(0))],
    ["a promise", () => Promise.resolve()],
    ["a generator", () => (function* () {})()],
    ["null", () => null],
    ["false", () => false],
    ["a number", () => 5],
    ["an object without a prototype", () => Object.create(null)],
    ["a function", () => () => {}],
  ];
  for (const [name, make] of yields) {
    test(`a bare yield of ${name} is a RuntimeError at the yield, which may be caught`, async () => {
      await runVirtual(function* () {
        let caught: unknown;
        const task = createTask(function* (): GeneratorBody<string> {
          try {
            yield make() as never;
          } catch (error) {
            caught = error;
          }
          return "went on";
        });
        expect(yield* task).toBe("went on");
        expect(caught).toBeInstanceOf(RuntimeError);
        expect(caught).toMatchObject({ message: expect.stringContaining("use yield* on something awaitable") });
        yield* sleep(0);
      });
    });
  }

  test("a bare yield of undefined pauses for one turn, as a bare yield in CPython", async () => {
    await runVirtual(function* (loop) {
      const { turns } = loop.statistics();
      expect(yield undefined).toBeUndefined();
      yield;
      expect(loop.statistics().turns - turns).toBe(2);
    });
  });

  test("a body that answers nonsense from next() fails its task, not the loop", async () => {
    await runVirtual(function* () {
      for (const answer of [undefined, null, 5]) {
        const body = {
          next: () => answer,
          throw: () => answer,
          return: () => answer,
          [Symbol.iterator]() {
            return body;
          },
        };
        const task = createTask(() => body as never);
        yield* sleep(0);
        expect(task.exception()).toBeInstanceOf(TypeError);
      }
    });
  });
});

describe("steps that are handed from native code to the loop", () => {
  test("each handle runs to its end before the next: a long chain of promises cannot be overtaken", async () => {
    const order: string[] = [];
    await runVirtual(async () => {
      const slow = createTask(async () => {
        await sleep(0);
        for (let i = 0; i < 100; i++) await null;
        order.push("native, after a hundred microtasks");
      });
      const quick = createTask(function* () {
        yield* sleep(0);
        order.push("generator, in the handle after");
      });
      await slow;
      await quick;
    });
    expect(order).toEqual(["native, after a hundred microtasks", "generator, in the handle after"]);
  });

  test("two native bodies that pass a ball keep the order of CPython", async () => {
    const order: string[] = [];
    await runVirtual(async () => {
      const player = async (name: string): Promise<void> => {
        for (let i = 0; i < 3; i++) {
          order.push(`${name}${i}`);
          await (async () => await sleep(0))();
        }
      };
      const players = ["a", "b", "c"].map((name) => createTask(() => player(name)));
      for (const each of players) await each;
    });
    expect(order.join(" ")).toBe("a0 b0 c0 a1 b1 c1 a2 b2 c2");
  });
});
