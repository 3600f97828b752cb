import { getEventListeners } from "node:events";
import { RuntimeError } from "@asyncio-ts/contextvars";
import {
  CancelledError,
  coroutine,
  createTask,
  eagerTaskFactory,
  Future,
  setTaskFactory,
  sleep,
} from "@asyncio-ts/tasks";
import { awaited, failureOf, runVirtual, turnsOf, VirtualLoop } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { gather } from "./gather.ts";

describe("gather()", () => {
  eachEngine("gives the results in the order of what was given, whoever is first", function* ({ loop, body }) {
    const slow = body(function* () {
      yield* awaited(sleep(3));
      return "slow";
    });
    expect(yield* awaited(gather([slow, sleep(1, "fast"), Promise.resolve("promised")]))).toEqual([
      "slow",
      "fast",
      "promised",
    ]);
    expect(loop.time()).toBe(3);
  });

  eachEngine("takes 3 turns for two tasks that end at once, and none for nothing", function* ({ loop, body }) {
    const noop = body(function* () {});
    expect(yield* turnsOf(loop, awaited(gather([noop, noop])))).toBe(3);
    expect(yield* turnsOf(loop, awaited(gather([])))).toBe(0);
    expect(gather([]).result()).toEqual([]);
  });

  eachEngine("is done at once when all that it is given is done", function* ({ loop }) {
    const future = new Future<number>();
    future.setResult(1);
    expect(gather([future, future]).result()).toEqual([1, 1]);
    expect(yield* turnsOf(loop, awaited(gather([future])))).toBe(0);
  });

  test("is done at once when eager generator tasks end at once", async () => {
    await runVirtual(function* (loop) {
      setTaskFactory(loop, eagerTaskFactory);
      const all = gather([
        function* () {
          return 1;
        },
        function* () {
          return 2;
        },
      ]);
      expect(all.result()).toEqual([1, 2]);
    });
  });

  test("takes any iterable", async () => {
    await runVirtual(async () => {
      expect(await gather(new Set([sleep(2, "a"), sleep(1, "b")]))).toEqual(["a", "b"]);
    });
  });

  eachEngine("[36] runs a coroutine once that is given twice, and repeats its result", function* ({ body }) {
    let runs = 0;
    const work = coroutine(
      body(function* (name: string) {
        runs++;
        yield* awaited(sleep(0));
        return name;
      }),
    );
    const twice = work("abc");
    expect(yield* awaited(gather([twice, twice, work("def"), twice]))).toEqual(["abc", "abc", "def", "abc"]);
    expect(runs).toBe(2);
  });

  eachEngine("[36] calls a function twice that is given twice, for each call makes its own work", function* ({ body }) {
    let runs = 0;
    const work = body(function* () {
      return ++runs;
    });
    expect(yield* awaited(gather([work, work]))).toEqual([1, 2]);
    const once = coroutine(work)();
    expect(yield* awaited(gather([work, once, work, once]))).toEqual([3, 4, 5, 4]);
  });

  eachEngine("[37] ends with the first error, and ignores what comes after", function* () {
    const [a, b, c, d, e] = [1, 2, 3, 4, 5].map(() => new Future<number>()) as [
      Future<number>,
      Future<number>,
      Future<number>,
      Future<number>,
      Future<number>,
    ];
    const all = gather([a, b, c, d, e]);
    const error = new RangeError("first");
    a.setResult(1);
    b.setException(error);
    expect(yield* failureOf(all)).toBe(error);
    c.setResult(3);
    d.cancel();
    e.setException(new Error("ignored, and not reported"));
    yield* awaited(sleep(0));
    expect(all.exception()).toBe(error);
    expect(all.cancel()).toBe(false);
  });

  eachEngine("[37] lets the others go on after an error", function* ({ loop, body }) {
    const failing = body(function* () {
      yield* awaited(sleep(1));
      throw new Error("early");
    });
    const others = createTask(() => sleep(5, "late"));
    const all = gather([failing, others]);
    yield* failureOf(all);
    expect(all.cancel()).toBe(false);
    expect(loop.time()).toBe(1);
    expect(yield* awaited(others)).toBe("late");
  });

  test("[37] reports the error of a gathering that nobody awaited, once", async () => {
    const reports: unknown[] = [];
    await runVirtual(async (loop) => {
      loop.setExceptionHandler((_, { message }) => void reports.push(message));
      const fail = async (): Promise<never> => Promise.reject(new Error("lost"));
      gather([fail, fail]);
      await sleep(1);
    });
    expect(reports).toEqual(["GatheringFuture exception was never retrieved"]);
  });

  eachEngine("[38] fails with the error of a child that is cancelled, and is not cancelled itself", function* () {
    const child = new Future<void>();
    const other = new Future<void>();
    const all = gather([child, other]);
    child.cancel("enough");
    const error = yield* failureOf(all);
    expect(error).toBeInstanceOf(CancelledError);
    expect((error as CancelledError).reason).toBe("enough");
    expect(all.cancelled()).toBe(false);
    expect(all.exception()).toBe(error);
    expect(other.done()).toBe(false);
  });

  eachEngine("[39] puts errors and cancellations in their places with returnExceptions", function* ({ body }) {
    const error = new RangeError("b");
    const failing = body(function* () {
      yield* awaited(sleep(2));
      throw error;
    });
    const cancelled = createTask(() => sleep(10));
    const future = new Future<number>();
    const all = gather([sleep(1, "a"), failing, cancelled, future], { returnExceptions: true });
    yield* awaited(sleep(0));
    cancelled.cancel("of the task");
    future.cancel("of the future");
    const results = yield* awaited(all);
    expect(results).toEqual(["a", error, expect.any(CancelledError), expect.any(CancelledError)]);
    expect(results[1]).toBe(error);
    // As in CPython: the error of a task stays with the task, and the one among the results is bare.
    expect((results[2] as CancelledError).reason).toBeUndefined();
    expect(((yield* failureOf(cancelled)) as CancelledError).reason).toBe("of the task");
    expect((results[3] as CancelledError).reason).toBe("of the future");
  });

  test("[39] puts what is thrown and is not an Error into the cause of one", async () => {
    await runVirtual(async () => {
      const foreign = Object.assign(Object.create({ [Symbol.toStringTag]: "Error" }) as Error, { message: "realm" });
      const throwing = (thrown: unknown) => async () => Promise.reject(thrown);
      const [text, nothing, other] = await gather([throwing("text"), throwing(undefined), throwing(foreign)], {
        returnExceptions: true,
      });
      expect(text).toBeInstanceOf(Error);
      expect(text).toMatchObject({ message: "Something was thrown that is not an Error", cause: "text" });
      expect(nothing).toBeInstanceOf(Error);
      expect(other).toBe(foreign);
    });
  });

  eachEngine("[40] cancels all children when the task that awaits it is cancelled", function* ({ body }) {
    const waiter = new Future<void>();
    const reached: string[] = [];
    const inner = body(function* () {
      yield* awaited(waiter);
      reached.push("inner");
    });
    const [first, second] = [createTask(inner), createTask(inner)];
    const all = gather([first, second]);
    const outer = createTask(
      body(function* () {
        yield* awaited(all);
        reached.push("outer");
      }),
    );
    yield* awaited(sleep(0));
    yield* awaited(sleep(0));
    expect(outer.cancel("stop")).toBe(true);
    expect(waiter.cancelled()).toBe(true);
    expect(((yield* failureOf(outer)) as CancelledError).reason).toBe("stop");
    expect(all.cancel()).toBe(false);
    expect([first.cancelled(), second.cancelled(), outer.cancelled()]).toEqual([true, true, true]);
    expect(reached).toEqual([]);
  });

  eachEngine("[40] cancels children that have not begun, which then never run", function* ({ body }) {
    let runs = 0;
    const all = gather([
      body(function* () {
        runs++;
      }),
    ]);
    expect(all.cancel()).toBe(true);
    expect(yield* failureOf(all)).toBeInstanceOf(CancelledError);
    expect(runs).toBe(0);
  });

  eachEngine("[41] refuses to be cancelled once every child is done", function* ({ body }) {
    const future = new Future<number>();
    const child = body(function* () {
      return yield* awaited(future);
    });
    const all = gather([child]);
    const outer = createTask(
      body(function* () {
        return yield* awaited(all);
      }),
    );
    yield* awaited(sleep(0));
    yield* awaited(sleep(0));
    future.setResult(42);
    yield* awaited(sleep(0));
    expect(all.done()).toBe(false); // its child is done, and it has not heard of it
    expect(all.cancel()).toBe(false);
    expect(yield* awaited(outer)).toEqual([42]);
  });

  eachEngine("[42] with returnExceptions in a loop cannot swallow a cancel from outside", function* ({ loop, body }) {
    const polling = createTask(
      body(function* () {
        for (;;) yield* awaited(gather([sleep(1)], { returnExceptions: true }));
      }),
    );
    yield* awaited(sleep(3.5));
    polling.cancel("my message");
    const error = yield* failureOf(polling);
    expect(error).toBeInstanceOf(CancelledError);
    expect((error as CancelledError).reason).toBe("my message");
    expect(polling.cancelled()).toBe(true);
    expect(loop.time()).toBe(3.5);
  });

  eachEngine("[42] fails after a cancel even if its children swallow it", function* ({ body }) {
    const stubborn = body(function* (seconds: number) {
      yield* failureOf(sleep(seconds));
      return "stayed";
    });
    const blocked = gather([() => stubborn(10)], { returnExceptions: true });
    const pausing = gather([() => stubborn(0)]);
    yield* awaited(sleep(0));
    expect(blocked.cancel("passed on")).toBe(true);
    expect(pausing.cancel("kept by the child")).toBe(true);
    expect(((yield* failureOf(blocked)) as CancelledError).reason).toBeUndefined();
    expect(((yield* failureOf(pausing)) as CancelledError).reason).toBe("kept by the child");
  });

  eachEngine("cancels its children when its signal is aborted, and fails with its reason", function* () {
    const controller = new AbortController();
    const child = new Future<void>();
    const all = gather([child], { signal: controller.signal });
    const error = new Error("navigated away");
    controller.abort(error);
    expect(child.cancelled()).toBe(true);
    expect(yield* failureOf(all)).toBe(error);

    const late = gather([() => sleep(1)], { signal: controller.signal });
    expect(yield* failureOf(late)).toBe(error);
  });

  eachEngine("fails with the reason of its signal only once its children have ended", function* ({ loop, body }) {
    const controller = new AbortController();
    const careful = body(function* () {
      try {
        yield* awaited(sleep(60));
      } finally {
        yield* awaited(sleep(5));
      }
    });
    const all = gather([careful, careful], { signal: controller.signal, returnExceptions: true });
    loop.callLater(1, () => controller.abort("enough"));
    expect([yield* failureOf(all), loop.time()]).toEqual(["enough", 6]);
  });

  eachEngine("fails with the error of a child that comes of the abort", function* ({ loop, body }) {
    const controller = new AbortController();
    const failing = body(function* () {
      try {
        yield* awaited(sleep(60));
      } catch {
        throw new RangeError("cannot clean up");
      }
    });
    loop.callLater(1, () => controller.abort("enough"));
    const error = yield* failureOf(gather([failing], { signal: controller.signal }));
    expect(error).toEqual(new RangeError("cannot clean up"));
  });

  test("leaves its signal alone when it is done", async () => {
    await runVirtual(async () => {
      const { signal } = new AbortController();
      const all = gather([sleep(1)], { signal });
      expect(getEventListeners(signal, "abort")).toHaveLength(1);
      await all;
      await sleep(0);
      expect(getEventListeners(signal, "abort")).toEqual([]);
    });
  });

  test("gathers the futures of a loop that is not running yet", async () => {
    const loop = new VirtualLoop();
    const future = new Future<number>({ loop });
    const all = gather([future]);
    future.setResult(1);
    all.addWaiter({ run: () => loop.stop() });
    await loop.runForever();
    expect(all.result()).toEqual([1]);
    loop.close();
  });
});

describe("gather() of what it cannot gather", () => {
  const single = coroutine(async () => {});

  test.each([
    ["undefined", undefined, "gather() needs an array of awaitables, not undefined"],
    ["a number", 5, "gather() needs an array of awaitables, not 5"],
    ["a string", "ab", 'gather() needs an array of awaitables, not "ab"'],
    [
      "an object without a prototype",
      Object.create(null),
      "gather() needs an array of awaitables, not [object Object]",
    ],
    ["a promise", Promise.resolve(), "gather() needs an array of awaitables, not [object Promise]"],
    ["a function", async () => {}, /^gather\(\) needs an array of awaitables, not async/],
    ["a single coroutine", single(), "gather() needs an array of awaitables, not <Coroutine"],
    ["a single generator", (function* () {})(), "gather() needs an array of awaitables, not [object Generator]"],
  ])("throws a TypeError, given %s", async (_name, aws, message) => {
    await runVirtual(async () => {
      expect(() => gather(aws as never)).toThrow(TypeError);
      expect(() => gather(aws as never)).toThrow(message);
    });
  });

  eachEngine("[43] throws a TypeError, starts nothing and reports nothing", function* ({ body }) {
    let runs = 0;
    const work = body(function* () {
      runs++;
    });
    const unrun = coroutine(work)();
    for (const bad of [{}, null, undefined, 5, "text", Symbol("s"), Object.create(null)]) {
      expect(() => gather([work, unrun, bad as never])).toThrow(TypeError);
    }
    expect(() => gather([work, 5 as never])).toThrow(
      "gather() cannot wait for 5; a future, a coroutine, a promise or a function was expected",
    );
    yield* awaited(sleep(0));
    expect(runs).toBe(0);
    expect(yield* failureOf(unrun)).toBeInstanceOf(RuntimeError); // closed: it would be reported otherwise
  });

  eachEngine("throws a RangeError for futures of different loops, and starts nothing", function* ({ loop, body }) {
    let runs = 0;
    const work = body(function* () {
      runs++;
    });
    const other = new VirtualLoop();
    const foreign = new Future<void>({ loop: other });
    expect(() => gather([work, foreign])).toThrow(RangeError);
    expect(() => gather([foreign, new Future<void>()])).toThrow(RangeError);
    yield* awaited(sleep(0));
    setTaskFactory(loop, eagerTaskFactory);
    expect(() => gather([work, foreign])).toThrow(RangeError);
    expect(runs).toBe(0);
    other.close();
  });

  test("throws a TypeError for a signal that is none", async () => {
    await runVirtual(async () => {
      expect(() => gather([], { signal: "stop" as never })).toThrow(
        'gather() needs an AbortSignal as signal, not "stop"',
      );
      expect(() => gather([], { signal: null as never })).toThrow(TypeError);
    });
  });

  test("throws a RuntimeError outside of a loop", () => {
    const unrun = coroutine(async () => {})();
    expect(() => gather([unrun])).toThrow(RuntimeError);
    expect(() => gather([])).toThrow(RuntimeError);
  });

  test("cancels what it had begun when a task factory throws, and reports nothing", async () => {
    const ran: string[] = [];
    const reports: unknown[] = [];
    await runVirtual(async (loop) => {
      loop.setExceptionHandler((_, { message }) => void reports.push(message));
      let made = 0;
      setTaskFactory(loop, (_loop, work, options) => {
        if (++made === 2) throw new Error("no second task");
        return eagerTaskFactory(_loop, work, { ...options, eagerStart: false });
      });
      const given = new Future<void>();
      const work = (name: string) => async () => void ran.push(name);
      expect(() => gather([given, work("first"), work("second")])).toThrow("no second task");
      setTaskFactory(loop, null);
      given.setException(new Error("not for the gathering"));
      await sleep(0);
      await sleep(0);
    });
    expect(ran).toEqual([]);
    expect(reports).toEqual([]);
  });
});
