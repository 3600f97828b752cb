import { inspect } from "node:util";
import { RuntimeError } from "@asyncio-ts/contextvars";
import { ordered } from "@asyncio-ts/core/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { type Coroutine, coroutine, coroutineOf, isCoroutine } from "./coroutine.ts";
import { createTask } from "./create-task.ts";
import { currentTask } from "./current-task.ts";
import { Future } from "./future.ts";
import { sleep } from "./sleep.ts";
import type { GeneratorBody } from "./suspension.ts";
import { awaited, failureOf, runVirtual } from "./testing/index.ts";

describe("coroutine()", () => {
  eachEngine("a call runs nothing until it is awaited", function* ({ body }) {
    const order = ordered();
    const greet = coroutine(
      body(function* (name: string) {
        order.step(3);
        yield* awaited(sleep(0));
        return `Hello, ${name}`;
      }),
    );
    order.step(1);
    const greeting = greet("Ann");
    yield* awaited(sleep(1));
    order.step(2);
    expect(yield* awaited(greeting)).toBe("Hello, Ann");
    order.finish(4);
  });

  eachEngine("an awaited coroutine runs in the task that awaits it", function* ({ body }) {
    const tasks = coroutine(
      body(function* () {
        const before = currentTask();
        yield* awaited(sleep(1));
        return [before, currentTask()];
      }),
    );
    const own = currentTask();
    const [before, after] = yield* awaited(tasks());
    expect([before === own, after === own]).toEqual([true, true]);
  });

  eachEngine("a coroutine that is awaited twice is refused", function* ({ body }) {
    let runs = 0;
    const once = coroutine(
      body(function* once() {
        runs++;
        yield* awaited(sleep(0));
      }),
    )();
    yield* awaited(once);
    const error = yield* failureOf(once);
    expect(error).toBeInstanceOf(RuntimeError);
    expect(error).toMatchObject({ message: "Cannot reuse the coroutine 'once', which was already awaited" });
    expect(yield* failureOf(createTask(once))).toBeInstanceOf(RuntimeError);
    expect(runs).toBe(1);
  });

  eachEngine("a coroutine that is awaited while it runs is refused, and goes on", function* ({ body }) {
    const work = coroutine(
      body(function* () {
        yield* awaited(sleep(1));
        return "finished";
      }),
    )();
    const task = createTask(work);
    yield* awaited(sleep(0));
    expect(yield* failureOf(work)).toBeInstanceOf(RuntimeError);
    expect(yield* awaited(task)).toBe("finished");
  });

  eachEngine("a coroutine of which two tasks are made runs in the first", function* ({ body }) {
    const work = coroutine(
      body(function* () {
        yield* awaited(sleep(1));
        return "once";
      }),
    )();
    const [first, second] = [createTask(work), createTask(work)];
    expect(yield* failureOf(second)).toBeInstanceOf(RuntimeError);
    expect(yield* awaited(first)).toBe("once");
  });

  eachEngine("what the body throws reaches whoever awaits, as it is", function* ({ body }) {
    const error = new RangeError("boom");
    const failing = coroutine(
      body(function* (waitFirst: boolean) {
        if (waitFirst) yield* awaited(sleep(0));
        throw error;
      }),
    );
    for (const waitFirst of [true, false]) {
      expect(yield* failureOf(failing(waitFirst))).toBe(error);
      expect(yield* failureOf(createTask(failing(waitFirst)))).toBe(error);
    }
  });

  test("a body may be a plain function that returns something awaitable", async () => {
    const future = coroutine(() => {
      const answer = new Future<string>();
      answer.loop.callSoon(() => answer.setResult("a future"));
      return answer;
    });
    const promise = coroutine(() => Promise.resolve("a promise"));
    const thenable = coroutine(() => ({
      // biome-ignore lint/suspicious/noExplicitAny: a thenable as others write it
      then: (resolve: any) => resolve("a thenable"),
    }));
    const nested = coroutine(() => future());
    await runVirtual(function* () {
      expect(yield* future()).toBe("a future");
      expect(yield* promise()).toBe("a promise");
      expect(yield* thenable() as Coroutine<unknown>).toBe("a thenable");
      expect(yield* nested()).toBe("a future");
    });
  });

  test("a body that throws before it returns anything fails its coroutine", async () => {
    const broken = coroutine((): Promise<void> => {
      throw new RangeError("at the call");
    });
    await runVirtual(async () => {
      await expect(broken()).rejects.toThrow("at the call");
      await expect(createTask(broken())).rejects.toThrow("at the call");
      await expect(createTask(broken)).rejects.toThrow("at the call");
    });
  });

  for (const nothing of [undefined, null, 5, "text", {}, []]) {
    test(`a body that returns ${inspect(nothing)} is a TypeError that names it`, async () => {
      const bodyOfNothing = (): never => nothing as never;
      await runVirtual(async () => {
        await expect(createTask(bodyOfNothing)).rejects.toThrow("bodyOfNothing() returned");
        await expect(coroutine(bodyOfNothing)()).rejects.toThrow(TypeError);
      });
    });
  }

  test("an async generator is no coroutine", async () => {
    async function* numbers(): AsyncGenerator<number> {
      yield 1;
    }
    expect(isCoroutine(numbers())).toBe(false);
    await runVirtual(async () => {
      await expect(createTask(numbers as never)).rejects.toThrow("numbers() returned [object AsyncGenerator]");
      await expect(coroutine(numbers as never)()).rejects.toThrow(TypeError);
      expect(() => createTask(numbers() as never)).toThrow(TypeError);
    });
  });

  test("coroutine() refuses what is no function", () => {
    for (const body of [undefined, null, 5, "text", {}, sleep(0), Promise.resolve()]) {
      expect(() => coroutine(body as never)).toThrow(TypeError);
    }
  });

  test("a coroutine function and its coroutines bear the name of the body", () => {
    const fetchPage = coroutine(function* fetchPage() {});
    expect([fetchPage.name, fetchPage().name, String(fetchPage())]).toEqual([
      "fetchPage",
      "fetchPage",
      "<Coroutine fetchPage()>",
    ]);
    expect(inspect(fetchPage())).toBe("<Coroutine fetchPage()>");
    expect(String(coroutine(function* () {})())).toBe("<Coroutine <anonymous>()>");
    expect(String(sleep(0))).toBe("<Coroutine sleep()>");
    expect(String(sleep(1))).toBe("<Coroutine sleep()>");
  });

  test("close() gives the coroutine up: it cannot be awaited any more", async () => {
    const never = coroutine(function* never() {
      throw new Error("must not run");
    });
    await runVirtual(function* () {
      const closed = never();
      closed.close();
      closed.close();
      expect(() => closed[Symbol.iterator]()).toThrow(RuntimeError);
      const pause = sleep(0);
      pause.close();
      expect(() => pause[Symbol.iterator]()).toThrow(RuntimeError);
    });
  });

  test("a coroutine awaited outside of all tasks gets a task of its own", async () => {
    const seen: unknown[] = [];
    const named = coroutine(async () => {
      await sleep(1);
      return currentTask()?.getName();
    });
    await runVirtual(async (loop) => {
      loop.callSoon(async () => {
        seen.push(currentTask(), await named(), currentTask());
      });
      await sleep(2);
    });
    expect(seen).toEqual([null, expect.stringMatching(/^Task-\d+$/), null]);
  });

  test("a coroutine awaited where no loop runs is refused", async () => {
    const work = coroutine(async () => {});
    await expect(Promise.resolve(work())).rejects.toThrow("no running event loop");
  });
});

describe("coroutineOf()", () => {
  eachEngine("is one call of a body, and runs nothing until it is awaited", function* ({ body }) {
    const called: number[] = [];
    const double = body(function* double(n: number) {
      called.push(n);
      return n * 2;
    });
    const call = coroutineOf(double, 21);
    expect([called, String(call)]).toEqual([[], "<Coroutine double()>"]);
    expect(yield* awaited(call)).toBe(42);
    expect([called, yield* failureOf(call)]).toEqual([
      [21],
      new RuntimeError("Cannot reuse the coroutine 'double', which was already awaited"),
    ]);
  });

  test("refuses what is no function", () => {
    expect(() => coroutineOf(5 as never)).toThrow(new TypeError("coroutineOf() needs a function, not 5"));
  });
});

describe("isCoroutine()", () => {
  test("isCoroutine() tells coroutines and generators from everything else", () => {
    function* generator(): GeneratorBody<void> {}
    const work = coroutine(generator);
    expect([work(), generator(), sleep(0), sleep(1)].map(isCoroutine)).toEqual([true, true, true, true]);
    const others = [work, generator, undefined, null, 5, "text", {}, [], Promise.resolve(), [][Symbol.iterator]()];
    expect(others.some(isCoroutine)).toBe(false);
  });
});
