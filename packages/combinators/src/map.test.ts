import { getEventListeners } from "node:events";
import { ContextVar } from "@asyncio-ts/contextvars";
import { allTasks, CancelledError, coroutine, createTask, currentTask, sleep } from "@asyncio-ts/tasks";
import { awaited, failureOf, runVirtual } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { type MappedResults, map } from "./map.ts";

/** What a consumer gets until it leaves. */
function* take<T>(results: MappedResults<T>, count = Number.POSITIVE_INFINITY): Generator<unknown, T[], unknown> {
  const taken: T[] = [];
  while (taken.length < count) {
    const step = yield* awaited(results.next());
    if (step.done) return taken;
    taken.push(step.value);
  }
  yield* awaited(results.return());
  return taken;
}

/** Whole numbers, and how many of them were pulled. */
function numbers(end = Number.POSITIVE_INFINITY) {
  const log = { pulled: 0, left: false };
  function* source() {
    try {
      for (let n = 0; n < end; n++) {
        log.pulled++;
        yield n;
      }
    } finally {
      log.left = true;
    }
  }
  return { source: source(), log };
}

describe("map()", () => {
  eachEngine("gives the results in the order of the items, and works on `limit` of them", function* ({ loop, body }) {
    let running = 0;
    let most = 0;
    const work = body(function* (delay: number, index: number) {
      most = Math.max(most, ++running);
      yield* awaited(sleep(delay));
      running--;
      return `${index}: ${delay}`;
    });
    expect(yield* take(map([3, 1, 2, 1], work, { limit: 2 }))).toEqual(["0: 3", "1: 1", "2: 2", "3: 1"]);
    expect([most, loop.time()]).toEqual([2, 5]);
  });

  eachEngine("gives the results as they are ready, if that is asked for", function* ({ loop, body }) {
    const work = body(function* (delay: number) {
      return yield* awaited(sleep(delay, delay));
    });
    expect(yield* take(map([5, 1, 2, 3], work, { limit: 2, ordered: false }))).toEqual([1, 2, 5, 3]);
    expect(loop.time()).toBe(6);
  });

  eachEngine("of nothing gives nothing", function* ({ body }) {
    const work = body(function* () {});
    expect(yield* take(map([], work, { limit: 2 }))).toEqual([]);
    expect(yield* awaited(map(asyncOf([]), work, { limit: 2 }).toArray())).toEqual([]);
  });

  eachEngine("toArray() waits for all", function* ({ loop }) {
    const squares = map(numbers(100).source, (n) => sleep(1, n * n), { limit: 10 });
    expect((yield* awaited(squares.toArray())).slice(-2)).toEqual([98 * 98, 99 * 99]);
    expect(loop.time()).toBe(10);
  });

  eachEngine("pulls nothing before the first result is asked for, and then only what there is room for", function* () {
    const { source, log } = numbers();
    const results = map(source, (n) => sleep(1, n), { limit: 3 });
    yield* awaited(sleep(5));
    expect(log.pulled).toBe(0);
    yield* awaited(results.next());
    expect(log.pulled).toBe(4); // three to begin with, and one in the place of the first
    yield* awaited(sleep(60));
    expect(log.pulled).toBe(4); // results that nobody takes occupy their room
    yield* awaited(results.return());
  });

  eachEngine("when the consumer leaves, cancels the rest, waits for its end, and leaves the source", function* (stage) {
    const { loop, body } = stage;
    const { source, log } = numbers();
    let ended = 0;
    const work = body(function* (n: number) {
      try {
        yield* awaited(sleep(n === 0 ? 1 : 60));
      } finally {
        yield* awaited(sleep(2));
        ended++;
      }
    });
    expect(yield* take(map(source, work, { limit: 4 }), 1)).toHaveLength(1);
    expect([loop.time(), ended, log]).toEqual([5, 4, { pulled: 5, left: true }]); // the fifth had not begun
    expect(allTasks().size).toBe(1);
  });

  eachEngine("with a failure cancels the rest, waits for its end, and throws the error", function* ({ loop, body }) {
    const log: string[] = [];
    const work = body(function* (n: number) {
      if (n === 1) {
        yield* awaited(sleep(1));
        throw new RangeError("boom");
      }
      try {
        yield* awaited(sleep(60));
      } finally {
        yield* awaited(sleep(2));
        log.push(`${n} at ${loop.time()}`);
      }
    });
    const { source, log: pulls } = numbers();
    const results = map(source, work, { limit: 3 });
    expect(yield* failureOf(results.next())).toEqual(new RangeError("boom"));
    expect([log, pulls]).toEqual([["0 at 3", "2 at 3"], { pulled: 3, left: true }]);
    expect(yield* awaited(results.next())).toEqual({ done: true, value: undefined });
  });

  eachEngine("notices a failure while the consumer is busy, and ends the rest at once", function* ({ loop }) {
    let cancelledAt = -1;
    const work = coroutine(function* (n: number) {
      yield* sleep(n === 1 ? 2 : 0);
      if (n === 1) throw new RangeError("boom");
      if (n === 0) return n;
      try {
        yield* sleep(60);
      } finally {
        cancelledAt = loop.time();
      }
      return n;
    });
    const results = map([0, 1, 2], work, { limit: 3 });
    expect(yield* awaited(results.next())).toEqual({ done: false, value: 0 });
    yield* awaited(sleep(10));
    expect(cancelledAt).toBe(2);
    expect(yield* failureOf(results.next())).toEqual(new RangeError("boom"));
  });

  eachEngine("an error of the source ends everything", function* () {
    function* source() {
      yield 1;
      throw new RangeError("no more");
    }
    async function* asyncSource() {
      yield 1;
      throw new RangeError("no more");
    }
    for (const items of [source(), asyncSource()]) {
      const results = map<number, number>(items, (n) => sleep(60, n), { limit: 2 });
      expect(yield* failureOf(results.next())).toEqual(new RangeError("no more"));
    }
  });

  eachEngine("a cancelled consumer cancels everything, and goes on when all has ended", function* ({ loop, body }) {
    let ended = 0;
    const work = body(function* () {
      try {
        yield* awaited(sleep(60));
      } finally {
        yield* awaited(sleep(2));
        ended++;
      }
    });
    const consumer = createTask(body(() => take(map([1, 2, 3], work, { limit: 2 }))));
    loop.callLater(1, () => consumer.cancel("first"));
    loop.callLater(2, () => consumer.cancel("second"));
    const error = yield* failureOf(consumer);
    expect([(error as CancelledError).reason, loop.time(), ended]).toEqual(["second", 3, 2]);
  });

  eachEngine("a cancellation that meets a failure comes at the next wait", function* ({ loop, body }) {
    const work = body(function* (n: number) {
      if (n === 1) throw new RangeError("boom");
      try {
        yield* awaited(sleep(60));
      } finally {
        yield* awaited(sleep(2));
      }
    });
    const caught: unknown[] = [];
    const consumer = createTask(
      body(function* () {
        caught.push(yield* failureOf(map([1, 2], work, { limit: 2 }).next()));
        caught.push(currentTask()?.cancelling());
        yield* awaited(sleep(60));
      }),
    );
    loop.callLater(1, () => consumer.cancel());
    expect(yield* failureOf(consumer)).toBeInstanceOf(CancelledError);
    expect([caught, loop.time()]).toEqual([[new RangeError("boom"), 1], 2]);
  });

  eachEngine("an abort ends everything with the reason of the signal", function* ({ loop }) {
    const controller = new AbortController();
    const { signal } = controller;
    const results = map([1, 2], (n) => sleep(60, n), { limit: 2, signal });
    loop.callLater(1, () => controller.abort("enough"));
    expect([yield* failureOf(results.next()), loop.time()]).toEqual(["enough", 1]);
    expect(getEventListeners(signal, "abort")).toEqual([]);

    const { source, log } = numbers();
    expect(yield* failureOf(map(source, (n) => sleep(1, n), { limit: 2, signal }).next())).toBe("enough");
    expect(log.pulled).toBe(0);
  });

  eachEngine("leaves nothing on its signal when it is over", function* () {
    const { signal } = new AbortController();
    yield* awaited(map([1, 2], (n) => sleep(1, n), { limit: 2, signal }).toArray());
    yield* take(
      map([1, 2], (n) => sleep(1, n), { limit: 2, signal }),
      1,
    );
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  eachEngine("each call has a context of its own, made when map() was called", function* ({ body }) {
    const name = new ContextVar<string>("name");
    name.set("caller");
    const seen: string[] = [];
    const work = body(function* (n: number) {
      seen.push(name.get());
      name.set(`item ${n}`);
      yield* awaited(sleep(1));
      seen.push(name.get());
    });
    const results = map([1, 2], work, { limit: 2 });
    name.set("changed");
    yield* take(results);
    expect(seen).toEqual(["caller", "caller", "item 1", "item 2"]);
    expect(name.get()).toBe("changed");
  });

  eachEngine("a result can be asked for before the one before has come", function* () {
    const results = map([3, 1], (n) => sleep(n, n), { limit: 2 });
    const steps = [results.next(), results.next(), results.next()].map((step) => createTask(() => step));
    const values: unknown[] = [];
    for (const step of steps) values.push((yield* awaited(step)).value);
    expect(values).toEqual([3, 1, undefined]);
  });

  test("holds `limit` items however many there are", async () => {
    await runVirtual(async () => {
      let most = 0;
      let sum = 0;
      for await (const n of map(numbers(10_000).source, (item) => sleep(1, item), { limit: 5 })) {
        sum += n;
        most = Math.max(most, allTasks().size);
      }
      expect([sum, most]).toEqual([(9_999 * 10_000) / 2, 6]);
    });
  });

  test("a `for await` that is left ends everything", async () => {
    await runVirtual(async (loop) => {
      const { source, log } = numbers();
      for await (const n of map(source, (item) => sleep(1, item), { limit: 5 })) if (n === 7) break;
      expect([log.left, allTasks().size, loop.time()]).toEqual([true, 1, 2]);
      const thrown = (async () => {
        for await (const n of map(numbers().source, (item) => sleep(1, item), { limit: 5 }))
          throw new RangeError(`${n}`);
      })();
      await expect(thrown).rejects.toThrow(new RangeError("0"));
      expect(allTasks().size).toBe(1);
    });
  });
});

describe("map() of an async iterable", () => {
  eachEngine("pulls while it works, and holds no more than `limit`", function* ({ loop }) {
    let pulled = 0;
    async function* source() {
      for (let n = 0; n < 6; n++) {
        await sleep(1);
        pulled++;
        yield n;
      }
    }
    const results = map(source(), (n) => sleep(2, n), { limit: 2 });
    expect(yield* awaited(results.next())).toEqual({ done: false, value: 0 });
    expect(loop.time()).toBe(3);
    yield* awaited(sleep(60));
    expect(pulled).toBe(3);
    expect(yield* take(results)).toEqual([1, 2, 3, 4, 5]);
  });

  eachEngine("interrupts the source when the consumer leaves, and waits until it has ended", function* ({ loop }) {
    const log: string[] = [];
    async function* source() {
      try {
        yield 1;
        await sleep(60);
        yield 2;
      } finally {
        await sleep(2);
        log.push(`source ended at ${loop.time()}`);
      }
    }
    expect(
      yield* take(
        map(source(), (n) => sleep(1, n), { limit: 2 }),
        1,
      ),
    ).toEqual([1]);
    expect([log, loop.time()]).toEqual([["source ended at 3"], 3]);
  });

  eachEngine("of our own iterators takes their steps", function* () {
    const inner = map([1, 2, 3], (n) => sleep(1, n * 10), { limit: 1 });
    expect(yield* take(map(inner, (n) => sleep(1, n + 1), { limit: 2 }))).toEqual([11, 21, 31]);
  });

  eachEngine("abandons a promise of the source that does not come", function* ({ loop }) {
    let left = false;
    const source: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => {}),
        return: async () => {
          left = true;
          return { done: true, value: undefined };
        },
      }),
    };
    const consumer = createTask(() => map(source, (n) => sleep(1, n), { limit: 2 }).next());
    loop.callLater(1, () => consumer.cancel());
    expect(yield* failureOf(consumer)).toBeInstanceOf(CancelledError);
    expect([left, loop.time()]).toEqual([true, 1]);
  });
});

describe("map() refuses", () => {
  test("what cannot be iterated", () => {
    const of = (items: unknown) => () => map(items as Iterable<number>, (n) => sleep(1, n), { limit: 1 });
    expect(of(5)).toThrow(new TypeError("map() needs an iterable or an async iterable, not 5"));
    expect(of(null)).toThrow(TypeError);
    expect(of(undefined)).toThrow(TypeError);
    expect(of({})).toThrow(TypeError);
  });

  test("what is no function", () => {
    expect(() => map([1], 5 as never, { limit: 1 })).toThrow(new TypeError("map() needs a function, not 5"));
  });

  test("a limit that makes no sense", () => {
    const limited = (limit: unknown) => () => map([1], (n) => sleep(1, n), { limit: limit as number });
    for (const limit of [0, -1, 1.5, Number.NaN]) {
      expect(limited(limit)).toThrow(new RangeError(`map() needs a whole number above 0 as limit, not ${limit}`));
    }
    for (const limit of [undefined, null, "5"]) expect(limited(limit)).toThrow(TypeError);
    expect(limited(Number.POSITIVE_INFINITY)).not.toThrow();
  });

  test("options that are none", () => {
    const optioned = (options: unknown) => () => map([1], (n) => sleep(1, n), options as { limit: number });
    expect(optioned(undefined)).toThrow(TypeError);
    expect(optioned({ limit: 1, signal: 5 })).toThrow(TypeError);
  });
});

async function* asyncOf<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}
