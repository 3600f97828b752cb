import { getEventListeners } from "node:events";
import { RuntimeError } from "@asyncio-ts/contextvars";
import {
  CancelledError,
  type Coroutine,
  coroutine,
  createTask,
  Future,
  sleep,
  Task,
  TimeoutError,
} from "@asyncio-ts/tasks";
import { awaited, failureOf, runVirtual, turnsOf, VirtualLoop } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { asCompleted, type CompletedFutures } from "./as-completed.ts";
import { gather } from "./gather.ts";
import { wait } from "./wait.ts";

/** In a script: what `for await` does. */
function* collect<F>(iterator: CompletedFutures<F>): Generator<unknown, F[], unknown> {
  const collected: F[] = [];
  for (;;) {
    const step: IteratorResult<F, undefined> = yield* awaited<IteratorResult<F, undefined>>(iterator.next());
    if (step.done) return collected;
    collected.push(step.value);
  }
}

/** In a script: the results, in the order of the places. */
function* resultsOf<T>(places: Iterable<Coroutine<T>>): Generator<unknown, T[], unknown> {
  const results: T[] = [];
  for (const place of places) results.push(yield* awaited(place));
  return results;
}

describe("asCompleted()", () => {
  eachEngine("gives results in the order in which they come", function* ({ loop }) {
    const results: unknown[] = [];
    for (const place of asCompleted([sleep(3, "slow"), sleep(1, "fast"), () => sleep(2, "middle")])) {
      results.push([yield* awaited(place), loop.time()]);
    }
    expect(results).toEqual([
      ["fast", 1],
      ["middle", 2],
      ["slow", 3],
    ]);
  });

  eachEngine("throws the error of a place where it is awaited, and goes on", function* ({ body }) {
    const error = new RangeError("no");
    const failing = body(function* () {
      throw error;
    });
    const [first, second] = [...asCompleted<(() => never) | Coroutine<string>>([failing as never, sleep(1, "yes")])];
    expect(yield* failureOf(first as Coroutine<string>)).toBe(error);
    expect(yield* awaited(second as Coroutine<string>)).toBe("yes");
  });

  eachEngine("takes 3 turns for one task that ends at once, in both ways to iterate", function* ({ loop, body }) {
    const noop = body(function* () {});
    const turns = [
      yield* turnsOf(loop, resultsOf(asCompleted([noop]))),
      yield* turnsOf(loop, collect(asCompleted([noop])[Symbol.asyncIterator]())),
    ];
    expect(turns).toEqual([3, 3]);
  });

  eachEngine("is over at once when it is given nothing", function* ({ loop }) {
    expect([...asCompleted([], { timeout: 1 })]).toEqual([]);
    expect(yield* collect(asCompleted([])[Symbol.asyncIterator]())).toEqual([]);
    expect(loop.statistics().timers).toBe(0);
  });

  eachEngine("has one place for a coroutine that is given twice", function* () {
    const twice = sleep(1, "once");
    expect(yield* resultsOf(asCompleted([twice, twice, sleep(2, "other")]))).toEqual(["once", "other"]);
  });

  eachEngine("[50] gives the first result to the place that is awaited first, whichever it is", function* ({ loop }) {
    const [first, second] = [...asCompleted([sleep(1, "a"), sleep(2, "b")])] as [Coroutine<string>, Coroutine<string>];
    expect(yield* awaited(second)).toBe("a");
    expect(loop.time()).toBe(1);
    expect(yield* awaited(first)).toBe("b");
    expect(loop.time()).toBe(2);
  });

  eachEngine("[51] gives the futures themselves in its asynchronous iteration", function* ({ body }) {
    const future = new Future<string>();
    const task = createTask(() => sleep(1, "task"));
    const work = body(function* () {
      yield* awaited(sleep(2));
      future.setResult("future");
      return "work";
    });
    const found = yield* collect(asCompleted([future, task, work])[Symbol.asyncIterator]());
    expect(found.map((each) => each.result())).toEqual(["task", "future", "work"]);
    expect(found[0]).toBe(task);
    expect(found[1]).toBe(future);
    expect(found[2]).toBeInstanceOf(Task);
  });

  test("[51] iterates with for await, and can be resumed", async () => {
    await runVirtual(async () => {
      const completions = asCompleted([0, 1, 2, 3].map((n) => sleep(n, n)));
      const collected: number[] = [];
      for await (const task of completions) {
        collected.push(task.result());
        if (collected.length === 2) break;
      }
      for await (const task of completions) collected.push(await task);
      expect(collected).toEqual([0, 1, 2, 3]);
    });
  });

  eachEngine("[51] can be resumed in its plain iteration", function* () {
    const completions = asCompleted([0, 1, 2, 3].map((n) => sleep(n, n)));
    const collected: number[] = [];
    for (const place of completions) {
      collected.push(yield* awaited(place));
      if (collected.length === 2) break;
    }
    for (const place of completions) collected.push(yield* awaited(place));
    expect(collected).toEqual([0, 1, 2, 3]);
  });

  eachEngine("[51] lets its places be awaited at the same time", function* ({ loop }) {
    const { done } = yield* awaited(wait(asCompleted([sleep(1, "a"), sleep(1, "b")])));
    expect([...done].map((task) => task.result())).toEqual(["a", "b"]);
    expect(loop.time()).toBe(1);
  });

  eachEngine("[51] can be asked for several at the same time", function* () {
    const iterator = asCompleted([sleep(2, "b"), sleep(1, "a")])[Symbol.asyncIterator]();
    const steps = yield* awaited(gather([iterator.next(), iterator.next(), iterator.next()]));
    expect(steps.map(({ done, value }) => (done ? "over" : value.result()))).toEqual(["a", "b", "over"]);
  });

  eachEngine("[52] fails every place that is left after its timeout, and lets the work go on", function* ({ loop }) {
    const tasks = [createTask(() => sleep(1, "a")), createTask(() => sleep(5, "b")), createTask(() => sleep(6, "c"))];
    const outcomes: unknown[] = [];
    for (const place of asCompleted(tasks, { timeout: 3 })) {
      try {
        outcomes.push(yield* awaited(place));
      } catch (error) {
        outcomes.push(error);
      }
    }
    expect(outcomes).toEqual(["a", expect.any(TimeoutError), expect.any(TimeoutError)]);
    expect((outcomes[1] as Error).message).toBe("asCompleted() timed out after 3 s with 2 of 3 pending");
    expect(loop.time()).toBe(3);
    expect(yield* awaited(gather(tasks))).toEqual(["a", "b", "c"]);
  });

  test("[52] fails its asynchronous iteration after its timeout", async () => {
    await runVirtual(async (loop) => {
      const found: string[] = [];
      const iteration = async (): Promise<void> => {
        for await (const task of asCompleted([sleep(1, "a"), sleep(5, "b")], { timeout: 3 })) found.push(task.result());
      };
      await expect(iteration()).rejects.toThrow(TimeoutError);
      expect(found).toEqual(["a"]);
      expect(loop.time()).toBe(3);
    });
  });

  eachEngine("[52] leaves no timer when the timeout was not needed", function* ({ loop }) {
    expect(yield* resultsOf(asCompleted([sleep(1, "a")], { timeout: 60 }))).toEqual(["a"]);
    const { timers, cancelledTimers } = loop.statistics();
    expect(timers - cancelledTimers).toBe(0);
  });

  eachEngine("gives what came to a cancelled place to the next one in line", function* ({ body }) {
    const future = new Future<string>();
    const [first, second] = [...asCompleted([future, new Future<string>()])] as [Coroutine<string>, Coroutine<string>];
    const results: string[] = [];
    const take = (place: Coroutine<string>): Task<void> =>
      createTask(
        body(function* () {
          results.push(yield* awaited(place));
        }),
      );
    const [cancelled, waiting] = [take(first), take(second)];
    yield* awaited(sleep(0));
    future.setResult("early");
    yield* awaited(sleep(0)); // the first in line is woken, but has not gone on yet
    cancelled.cancel();
    expect(yield* failureOf(cancelled)).toBeInstanceOf(CancelledError);
    yield* awaited(waiting);
    expect(results).toEqual(["early"]);
  });

  eachEngine("passes over a place in line that is being cancelled", function* ({ body }) {
    const future = new Future<string>();
    const [first, second] = [...asCompleted([future, new Future<string>()])] as [Coroutine<string>, Coroutine<string>];
    const results: string[] = [];
    const take = (place: Coroutine<string>): Task<void> =>
      createTask(
        body(function* () {
          results.push(yield* awaited(place));
        }),
      );
    const [cancelled, waiting] = [take(first), take(second)];
    yield* awaited(sleep(0));
    future.setResult("early");
    cancelled.cancel(); // it hears of that only after the arrival
    yield* awaited(waiting);
    expect(results).toEqual(["early"]);
    expect(cancelled.cancelled()).toBe(true);
  });

  eachEngine("throws the reason of its signal in every place that is left when that is aborted", function* ({ loop }) {
    const controller = new AbortController();
    const { signal } = controller;
    const task = createTask(() => sleep(5, "late"));
    const places = [...asCompleted([sleep(1, "a"), task], { signal, timeout: 60 })] as [
      Coroutine<string>,
      Coroutine<string>,
    ];
    loop.callLater(2, () => controller.abort("enough"));
    expect(yield* awaited(places[0])).toBe("a");
    expect(yield* failureOf(places[1])).toBe("enough");
    expect(getEventListeners(signal, "abort")).toEqual([]);
    expect(yield* awaited(task)).toBe("late");
    expect(loop.time()).toBe(5);
  });

  test("leaves its signal alone when all are done", async () => {
    await runVirtual(async () => {
      const { signal } = new AbortController();
      for await (const task of asCompleted([sleep(1)], { signal })) expect(task.done()).toBe(true);
      expect(getEventListeners(signal, "abort")).toEqual([]);
      expect([...asCompleted([], { signal })]).toEqual([]);
      expect(getEventListeners(signal, "abort")).toEqual([]);
    });
  });
});

describe("asCompleted() of what it cannot wait for", () => {
  const work = coroutine(async () => {});

  eachEngine("throws a TypeError, and starts nothing", function* ({ body }) {
    let runs = 0;
    const counting = body(function* () {
      runs++;
    });
    expect(() => asCompleted(new Future() as never)).toThrow(TypeError);
    expect(() => asCompleted(work() as never)).toThrow("asCompleted() needs an array of awaitables, not <Coroutine");
    expect(() => asCompleted(undefined as never)).toThrow(TypeError);
    expect(() => asCompleted([counting, work(), {} as never])).toThrow(
      "asCompleted() cannot wait for [object Object]; a future, a coroutine, a promise or a function was expected",
    );
    expect(() => asCompleted([counting, work()], { timeout: "1" as never })).toThrow(TypeError);
    expect(() => asCompleted([counting, work()], { timeout: Number.NaN })).toThrow(RangeError);
    expect(() => asCompleted([counting, work()], { signal: 1 as never })).toThrow(TypeError);
    expect(() => asCompleted([counting, work()], { signal: AbortSignal.abort(new RangeError("before")) })).toThrow(
      "before",
    );
    yield* awaited(sleep(0));
    expect(runs).toBe(0);
  });

  eachEngine("throws a RangeError for a future of another loop", function* () {
    const other = new VirtualLoop();
    const foreign = new Future<void>({ loop: other });
    expect(() => asCompleted([work(), foreign])).toThrow(RangeError);
    other.close();
  });

  test("throws a RuntimeError outside of a loop", () => {
    expect(() => asCompleted([work()])).toThrow(RuntimeError);
  });
});
