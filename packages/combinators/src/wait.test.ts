import { getEventListeners } from "node:events";
import { RuntimeError } from "@asyncio-ts/contextvars";
import { CancelledError, coroutine, createTask, Future, sleep, Task } from "@asyncio-ts/tasks";
import { awaited, failureOf, runVirtual, turnsOf, VirtualLoop } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, wait } from "./wait.ts";

/** The places in `futures` of those in `set`; to compare futures themselves would mean to iterate over them. */
function places(futures: readonly unknown[], set: Iterable<unknown>): number[] {
  return Array.from(set, (each) => futures.indexOf(each));
}

describe("wait()", () => {
  eachEngine("waits until all are done, in whatever way", function* ({ loop, body }) {
    const returning = createTask(() => sleep(3, "value"));
    const failing = createTask(
      body(function* () {
        yield* awaited(sleep(1));
        throw new Error("not thrown by wait()");
      }),
    );
    const cancelled = new Future<void>();
    cancelled.cancel();
    const futures = [returning, failing, cancelled];
    const { done, pending } = yield* awaited(wait(futures, { returnWhen: ALL_COMPLETED }));
    expect(places(futures, done)).toEqual([0, 1, 2]);
    expect(pending.size).toBe(0);
    expect(loop.time()).toBe(3);
    expect(failing.exception()).toBeInstanceOf(Error);
  });

  eachEngine("takes 3 turns for a task that ends at once, and 2 if it is done already", function* ({ loop, body }) {
    const task = createTask(body(function* () {}));
    expect(yield* turnsOf(loop, awaited(wait([task])))).toBe(3);
    expect(yield* turnsOf(loop, awaited(wait([task])))).toBe(2);
  });

  eachEngine("makes tasks of coroutines and functions, once it is awaited", function* ({ body }) {
    let runs = 0;
    const work = body(function* () {
      return ++runs;
    });
    const once = coroutine(work)();
    const waiting = wait([work, once, once, Promise.resolve(7)]);
    yield* awaited(sleep(0));
    expect(runs).toBe(0);

    const { done } = yield* awaited(waiting);
    expect([...done].map((future) => future.result())).toEqual([1, 2, 7]);
    expect([...done].map((future) => future instanceof Task)).toEqual([true, true, false]);
  });

  eachEngine(
    "[45] finds a task done that ended in the same turn, although nothing has told it so",
    function* ({ body }) {
      const one = body(function* () {
        yield* awaited(sleep(0));
      });
      const two = body(function* () {
        yield* awaited(sleep(0));
        yield* awaited(sleep(0));
      });
      const tasks = [createTask(one), createTask(two)];
      const { done, pending } = yield* awaited(wait(tasks.toReversed(), { returnWhen: FIRST_COMPLETED }));
      expect(places(tasks, done)).toEqual([1, 0]);
      expect(pending.size).toBe(0);
    },
  );

  eachEngine("returns when the first is done, with FIRST_COMPLETED", function* ({ loop }) {
    const tasks = [createTask(() => sleep(5)), createTask(() => sleep(1))];
    const { done, pending } = yield* awaited(wait(tasks, { returnWhen: FIRST_COMPLETED }));
    expect([places(tasks, done), places(tasks, pending)]).toEqual([[1], [0]]);
    expect(loop.time()).toBe(1);
    tasks[0]?.cancel();
  });

  eachEngine("[46] returns at once with FIRST_EXCEPTION if one has failed already", function* ({ loop, body }) {
    const slow = createTask(() => sleep(10));
    const failed = createTask(
      body(function* () {
        throw new Error("before");
      }),
    );
    yield* failureOf(failed);
    const tasks = [failed, slow];
    const { done, pending } = yield* awaited(wait(tasks, { returnWhen: FIRST_EXCEPTION }));
    expect([places(tasks, done), places(tasks, pending)]).toEqual([[0], [1]]);
    expect(loop.time()).toBe(0);
    slow.cancel();
  });

  eachEngine(
    "[46] returns with FIRST_EXCEPTION as soon as one fails, but not if one is cancelled",
    function* ({ loop }) {
      const slow = createTask(() => sleep(10));
      const [cancelled, failing] = [new Future<void>(), new Future<void>()];
      loop.callLater(1, () => cancelled.cancel());
      loop.callLater(2, () => failing.setException(new Error("meanwhile")));
      const futures = [slow, failing, cancelled];
      const { done, pending } = yield* awaited(wait(futures, { returnWhen: FIRST_EXCEPTION }));
      expect([places(futures, done), places(futures, pending)]).toEqual([[1, 2], [0]]);
      expect(loop.time()).toBe(2);
      slow.cancel();
    },
  );

  eachEngine("[47] returns after its timeout, cancels nothing and throws nothing", function* ({ loop }) {
    const tasks = [createTask(() => sleep(1, "early")), createTask(() => sleep(5, "late"))];
    const { done, pending } = yield* awaited(wait(tasks, { timeout: 2 }));
    expect([places(tasks, done), places(tasks, pending)]).toEqual([[0], [1]]);
    expect(loop.time()).toBe(2);
    expect((yield* awaited(wait(pending))).done.size).toBe(1);
    expect(tasks.map((task) => task.result())).toEqual(["early", "late"]);
  });

  eachEngine("[47] finds a task done that ends exactly at the timeout", function* ({ loop }) {
    const tasks = [createTask(() => sleep(1.5)), createTask(() => sleep(1))];
    yield* awaited(sleep(0)); // their timers are set, before that of the timeout
    const { done, pending } = yield* awaited(wait(tasks, { timeout: 1 }));
    expect([places(tasks, done), places(tasks, pending)]).toEqual([[1], [0]]);
    expect(loop.time()).toBe(1);
    tasks[0]?.cancel();
  });

  eachEngine("[47] looks once with a timeout of zero, and waits for ever with none", function* ({ loop }) {
    const task = createTask(() => sleep(1));
    for (const timeout of [0, -1]) {
      const { pending } = yield* awaited(wait([task], { timeout }));
      expect(pending.has(task)).toBe(true);
    }
    expect(loop.time()).toBe(0);
    const { done } = yield* awaited(wait([task], { timeout: null }));
    expect(done.has(task)).toBe(true);
  });

  eachEngine("leaves no timer when the timeout was not needed", function* ({ loop }) {
    yield* awaited(wait([sleep(1)], { timeout: 60 }));
    expect(loop.time()).toBe(1);
    const { timers, cancelledTimers } = loop.statistics();
    expect(timers - cancelledTimers).toBe(0);
  });

  eachEngine("[48] lets what it waits for go on when it is cancelled", function* ({ body }) {
    const future = new Future<void>();
    let ended = 0;
    const inner = createTask(
      body(function* () {
        yield* awaited(future);
        ended++;
      }),
    );
    const outer = createTask(
      body(function* () {
        yield* awaited(wait([inner], { timeout: 60 }));
      }),
    );
    yield* awaited(sleep(0));
    outer.cancel();
    expect(yield* failureOf(outer)).toBeInstanceOf(CancelledError);
    expect(inner.done()).toBe(false);
    future.setResult();
    yield* awaited(inner);
    expect(ended).toBe(1);
  });

  eachEngine("throws the reason of its signal when that is aborted, and lets the rest go on", function* ({ loop }) {
    const controller = new AbortController();
    const { signal } = controller;
    const task = createTask(() => sleep(5, "late"));
    const error = new Error("no longer interesting");
    loop.callLater(1, () => controller.abort(error));
    const failure = yield* failureOf(wait([task], { signal }));
    expect(failure).toBe(error);
    expect(loop.time()).toBe(1);
    expect(getEventListeners(signal, "abort")).toEqual([]);
    expect(yield* awaited(task)).toBe("late");
  });

  eachEngine("starts nothing when its signal was aborted before", function* ({ body }) {
    let runs = 0;
    const work = body(function* () {
      runs++;
    });
    const unrun = coroutine(work)();
    const waiting = wait([work, unrun], { signal: AbortSignal.abort("before") });
    expect(yield* failureOf(waiting)).toBe("before");
    yield* awaited(sleep(0));
    expect(yield* failureOf(unrun)).toBeInstanceOf(RuntimeError); // closed: it would be reported otherwise
    expect(runs).toBe(0);
  });

  test("does not count an error as read that comes when the wait is over", async () => {
    const reports: unknown[] = [];
    const error = new Error("nobody reads it");
    await runVirtual(async (loop) => {
      loop.setExceptionHandler((_, { exception }) => void reports.push(exception));
      const failing = new Future<void>();
      await wait([failing, new Future<void>()], { timeout: 1, returnWhen: FIRST_EXCEPTION });
      failing.setException(error);
      await sleep(1);
    });
    expect(reports).toEqual([error]);
  });

  test("waits for many things at once", async () => {
    await runVirtual(async () => {
      const futures = Array.from({ length: 20_000 }, () => new Future<void>());
      const waiting = createTask(wait(futures));
      await sleep(0);
      for (const future of futures) future.setResult();
      expect((await waiting).done.size).toBe(20_000);
    });
  });
});

describe("wait() of what it cannot wait for", () => {
  const work = coroutine(async () => {});

  eachEngine("[49] throws a RangeError at the call for nothing, or an unknown returnWhen", function* () {
    expect(() => wait([])).toThrow(RangeError);
    expect(() => wait(new Set<Future<void>>())).toThrow("wait() needs at least one awaitable, and was given none");
    expect(() => wait([sleep(10)], { returnWhen: -1 as never })).toThrow(RangeError);
    expect(() => wait([work()], { returnWhen: "LAST" as never })).toThrow('wait() does not know returnWhen "LAST"');
  });

  eachEngine("[49] throws a TypeError at the call for a single future or coroutine", function* () {
    expect(() => wait(new Future() as never)).toThrow("wait() needs an array of awaitables, not <Future pending>");
    expect(() => wait(work() as never)).toThrow(TypeError);
    expect(() => wait((function* () {})() as never)).toThrow(TypeError);
    expect(() => wait((async () => {}) as never)).toThrow(TypeError);
    expect(() => wait(Promise.resolve() as never)).toThrow(TypeError);
    expect(() => wait(undefined as never)).toThrow(TypeError);
  });

  eachEngine("throws a TypeError at the call for what is not awaitable, and closes the rest", function* () {
    expect(() => wait([work(), 5 as never])).toThrow(
      "wait() cannot wait for 5; a future, a coroutine, a promise or a function was expected",
    );
  });

  eachEngine("refuses limits that make no sense, at the call", function* () {
    expect(() => wait([work()], { timeout: Number.NaN })).toThrow("wait() cannot use NaN as timeout");
    expect(() => wait([work()], { timeout: Number.NaN })).toThrow(RangeError);
    expect(() => wait([work()], { timeout: "1" as never })).toThrow('wait() needs a timeout in seconds, not "1"');
    expect(() => wait([work()], { timeout: "1" as never })).toThrow(TypeError);
    expect(() => wait([work()], { signal: {} as never })).toThrow(TypeError);
  });

  eachEngine("throws a RangeError for a future of another loop, and starts nothing", function* ({ body }) {
    let runs = 0;
    const counting = body(function* () {
      runs++;
    });
    const other = new VirtualLoop();
    const foreign = new Future<void>({ loop: other });
    expect(yield* failureOf(wait([counting, work(), foreign]))).toBeInstanceOf(RangeError);
    yield* awaited(sleep(0));
    expect(runs).toBe(0);
    other.close();
  });
});
