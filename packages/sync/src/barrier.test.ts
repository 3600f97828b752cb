import { getEventListeners } from "node:events";
import { RuntimeError } from "@asyncio-ts/contextvars";
import { CancelledError, createTask, type Task, TimeoutError } from "@asyncio-ts/tasks";
import { awaited, failureOf, liveTimers, type MakeBody, runVirtual, turnsOf } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { turn } from "../test/turn.ts";
import { Barrier } from "./barrier.ts";
import { BrokenBarrierError } from "./errors.ts";

/** So many tasks, each of which runs `script`. */
function start<T>(body: MakeBody, n: number, script: () => Generator<unknown, T, unknown>): Task<T>[] {
  return Array.from({ length: n }, () => createTask(body(script)));
}

/** In a script: wait for all. */
function* all<T>(tasks: readonly PromiseLike<T>[]): Generator<unknown, T[], unknown> {
  const results: T[] = [];
  for (const task of tasks) results.push(yield* awaited(task));
  return results;
}

/** In a script: wait at the barrier; how it ended. */
function* passOrBreak(barrier: Barrier): Generator<unknown, "passed" | "broken", unknown> {
  try {
    yield* awaited(barrier.wait());
    return "passed";
  } catch (error) {
    if (error instanceof BrokenBarrierError) return "broken";
    throw error;
  }
}

const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);

describe("[91] Barrier", () => {
  eachEngine("a cancelled one was never there", function* ({ body }) {
    const barrier = new Barrier(3);
    const enter = () => start(body, 1, () => awaited(barrier.wait()))[0] as Task<number>;
    const a = enter();
    const b = enter();
    yield* turn();
    expect(barrier.nWaiting).toBe(2);
    a.cancel();
    yield* turn();
    expect([barrier.nWaiting, a.cancelled()]).toEqual([1, true]);
    const c = enter();
    yield* turn();
    expect(barrier.nWaiting).toBe(2);
    const d = enter();
    yield* all([b, c, d]);
    expect(barrier.statistics()).toEqual({ state: "filling", parties: 3, waiting: 0 });
  });

  eachEngine("who comes back while the others leave waits until all have left", function* ({ body }) {
    const barrier = new Barrier(5);
    const others = new Barrier(3);
    let rewaiting = 2;
    const tasks = start(body, 5, function* () {
      yield* awaited(barrier.wait());
      // the two that come back must not be counted among those who leave: else the three never meet
      if (rewaiting-- <= 0) yield* awaited(others.wait());
      return yield* awaited(barrier.wait());
    });
    expect(sorted(yield* all(tasks))).toEqual([0, 1, 2, 3, 4]);
  });

  eachEngine("reset() while half have left: those inside fail, those who came back do not", function* ({ body }) {
    const barrier = new Barrier(5);
    const log: string[] = [];
    let left = 0;
    const tasks = start(body, 5, function* () {
      if ((yield* passOrBreak(barrier)) === "broken") {
        log.push("inside: broken");
        return yield* passOrBreak(barrier);
      }
      if (++left > 2) yield* awaited(barrier.reset());
      return yield* passOrBreak(barrier);
    });
    const ends = yield* all(tasks);
    expect(log).toEqual(["inside: broken", "inside: broken"]);
    expect(ends).toEqual(Array(5).fill("passed"));
    expect(barrier.statistics()).toEqual({ state: "filling", parties: 5, waiting: 0 });
  });

  eachEngine("abort() while half have left: those inside fail, and those who came back as well", function* ({ body }) {
    const barrier = new Barrier(5);
    let left = 0;
    const tasks = start(body, 5, function* () {
      if ((yield* passOrBreak(barrier)) === "broken") return "inside: broken";
      if (++left <= 2) return `came back: ${yield* passOrBreak(barrier)}`;
      yield* awaited(barrier.abort());
      return "aborted";
    });
    const ends = yield* all(tasks);
    expect(ends.sort()).toEqual([
      "aborted",
      "came back: broken",
      "came back: broken",
      "inside: broken",
      "inside: broken",
    ]);
    expect(barrier.statistics()).toEqual({ state: "broken", parties: 5, waiting: 0 });
  });
});

describe("Barrier", () => {
  eachEngine("wait() answers the order of arrival, once all have come", function* ({ body }) {
    const barrier = new Barrier(3);
    const log: string[] = [];
    const enter = (name: string) =>
      start(body, 1, function* () {
        log.push(`${name}=${yield* awaited(barrier.wait())}`);
      });
    enter("a");
    enter("b");
    yield* turn(3);
    expect([log, barrier.nWaiting]).toEqual([[], 2]);
    enter("c");
    yield* turn(4);
    expect(log).toEqual(["c=2", "a=0", "b=1"]);
    expect([barrier.nWaiting, barrier.broken]).toEqual([0, false]);
  });

  eachEngine("wait() takes no turn if nobody else has to come", function* ({ loop, body }) {
    const barrier = new Barrier(1);
    const turns = yield* turnsOf(
      loop,
      (function* () {
        expect(yield* awaited(barrier.wait())).toBe(0);
        expect(yield* awaited(barrier.wait())).toBe(0);
        yield* awaited(barrier.with(body(function* () {})));
        yield* awaited(barrier.reset());
        yield* awaited(barrier.abort());
      })(),
    );
    expect([turns, barrier.broken]).toEqual([0, true]);
  });

  eachEngine("can be passed again and again", function* ({ body }) {
    const barrier = new Barrier(4);
    const tasks = start(body, 4, function* () {
      const indices: number[] = [];
      for (let round = 0; round < 3; round++) indices.push(yield* awaited(barrier.wait()));
      return indices;
    });
    const rounds = yield* all(tasks);
    for (const round of [0, 1, 2]) {
      expect(sorted(rounds.map((indices) => indices[round] as number))).toEqual([0, 1, 2, 3]);
    }
    expect(barrier.statistics()).toEqual({ state: "filling", parties: 4, waiting: 0 });
  });

  eachEngine("is draining until the last one has left", function* ({ body }) {
    const barrier = new Barrier(3);
    const tasks = start(body, 3, function* () {
      yield* awaited(barrier.wait());
      return barrier.statistics().state;
    });
    expect((yield* all(tasks)).sort()).toEqual(["draining", "draining", "filling"]);
  });

  eachEngine("with() gives the body the index, and answers what the body returns", function* ({ body }) {
    const barrier = new Barrier(2);
    const pass = () =>
      createTask(
        barrier.with(
          body(function* (index: number) {
            yield* turn();
            return index * 10;
          }),
        ),
      );
    expect(yield* all([pass(), pass()])).toEqual([0, 10]);
  });

  eachEngine("reset() fails those who wait for the rest, and the barrier can be used again", function* ({ body }) {
    const barrier = new Barrier(3);
    const tasks = start(body, 2, () => failureOf(barrier.wait()));
    yield* turn();
    yield* awaited(barrier.reset());
    expect(barrier.statistics()).toEqual({ state: "resetting", parties: 3, waiting: 0 });
    const late = start(body, 3, () => passOrBreak(barrier));
    expect(yield* all(tasks)).toEqual(Array(2).fill(new BrokenBarrierError("The barrier was reset")));
    expect(yield* all(late)).toEqual(["passed", "passed", "passed"]);
    expect(barrier.broken).toBe(false);
  });

  eachEngine("reset() once all have left disturbs nobody", function* ({ body }) {
    const barrier = new Barrier(3);
    let left = 0;
    const tasks = start(body, 3, function* () {
      yield* awaited(barrier.wait());
      if (++left === 3) yield* awaited(barrier.reset());
      return yield* passOrBreak(barrier);
    });
    expect(yield* all(tasks)).toEqual(["passed", "passed", "passed"]);
  });

  eachEngine("abort() fails those who wait and those who come, until reset()", function* ({ body }) {
    const barrier = new Barrier(2);
    const [waiting] = start(body, 1, () => failureOf(barrier.wait()));
    yield* turn();
    yield* awaited(barrier.abort());
    const aborted = new BrokenBarrierError("The barrier was aborted");
    expect(yield* awaited(waiting as Task<unknown>)).toEqual(aborted);
    expect(yield* failureOf(barrier.wait())).toEqual(aborted);
    expect([barrier.broken, barrier.nWaiting]).toEqual([true, 0]);
    yield* awaited(barrier.reset());
    expect(barrier.broken).toBe(false);
    expect(yield* all(start(body, 2, () => passOrBreak(barrier)))).toEqual(["passed", "passed"]);
  });

  eachEngine("abort() in the place of a failed one, then reset() by all together", function* ({ body }) {
    const [barrier, meeting] = [new Barrier(5), new Barrier(5)];
    const log: string[] = [];
    const tasks = start(body, 5, function* () {
      try {
        if ((yield* awaited(barrier.wait())) === 2) yield* awaited(barrier.abort());
        else yield* awaited(barrier.wait());
      } catch (error) {
        log.push((error as Error).name);
      }
      if ((yield* awaited(meeting.wait())) === 2) yield* awaited(barrier.reset());
      yield* awaited(meeting.wait());
      return yield* passOrBreak(barrier);
    });
    expect(yield* all(tasks)).toEqual(Array(5).fill("passed"));
    expect(log).toEqual(Array(4).fill("BrokenBarrierError"));
  });

  eachEngine("wait() ends at its limits, and was never there", function* ({ loop }) {
    const barrier = new Barrier(2);
    expect(yield* failureOf(barrier.wait({ timeout: 2 }))).toEqual(new TimeoutError("wait() timed out after 2 s"));
    const controller = new AbortController();
    const { signal } = controller;
    loop.callLater(1, () => controller.abort("enough"));
    expect(yield* failureOf(barrier.wait({ signal, timeout: 9 }))).toBe("enough");
    expect([loop.time(), liveTimers(loop), getEventListeners(signal, "abort")]).toEqual([3, 0, []]);
    expect(barrier.statistics()).toEqual({ state: "filling", parties: 2, waiting: 0 });
    expect(yield* failureOf(barrier.wait({ signal }))).toBe("enough");
    expect(yield* failureOf(new Barrier(1).wait({ signal }))).toBe("enough"); // not even if nobody else has to come
    expect(yield* all([createTask(barrier.wait()), createTask(barrier.wait({ timeout: 1 }))])).toEqual([0, 1]);
    expect(liveTimers(loop)).toBe(0);
  });

  eachEngine("a cancelled reset() and a cancelled abort() have changed nothing", function* () {
    const barrier = new Barrier(2);
    for (const change of [() => barrier.reset(), () => barrier.abort()]) {
      const waiting = createTask(barrier.wait());
      yield* turn();
      const task = createTask(change());
      task.cancel();
      expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
      expect(yield* awaited(barrier.wait())).toBe(1);
      expect(yield* awaited(waiting)).toBe(0);
    }
  });

  test("belongs to the loop of the first that had to wait", async () => {
    const barrier = new Barrier(2);
    await runVirtual(async () => await expect(barrier.wait({ timeout: 1 })).rejects.toThrow(TimeoutError));
    await expect(runVirtual(() => barrier.wait())).rejects.toEqual(
      new RuntimeError("<Barrier filling 1/2> is bound to a different event loop"),
    );
    expect(barrier.nWaiting).toBe(0);
  });

  test("refuses bad arguments at the call", () => {
    for (const parties of [0, -4, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => new Barrier(parties)).toThrow(
        new RangeError(`Barrier() needs a whole number of at least 1 as parties, not ${parties}`),
      );
    }
    expect(() => new Barrier("2" as never)).toThrow(TypeError);
    const barrier = new Barrier(1);
    expect(() => barrier.wait({ timeout: Number.NaN })).toThrow(RangeError);
    expect(() => barrier.with(async () => {}, { timeout: Number.NaN })).toThrow(
      new RangeError("with() cannot use NaN as timeout"),
    );
    expect(() => barrier.with(null as never)).toThrow(new TypeError("with() needs a function, not null"));
  });

  eachEngine("shows itself", function* ({ body }) {
    const barrier = new Barrier(3);
    const tasks = start(body, 2, () => passOrBreak(barrier));
    yield* turn();
    expect(String(barrier)).toBe("<Barrier filling 2/3>");
    yield* awaited(barrier.abort());
    expect(String(barrier)).toBe("<Barrier broken 0/3>");
    yield* all(tasks);
  });
});

describe("BrokenBarrierError", () => {
  test("is a RuntimeError", () => {
    const error = new BrokenBarrierError("The barrier was aborted");
    expect([error.name, error instanceof RuntimeError]).toEqual(["BrokenBarrierError", true]);
  });
});
