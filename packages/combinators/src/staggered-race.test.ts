import { getEventListeners } from "node:events";
import {
  type Body,
  CancelledError,
  createTask,
  currentTask,
  eagerTaskFactory,
  Future,
  setTaskFactory,
  sleep,
  type Task,
} from "@asyncio-ts/tasks";
import { awaited, failureOf, runVirtual, type Stage } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { staggeredRace } from "./staggered-race.ts";

/** Contenders: each rests for a while, then returns a value or throws. */
function contenders({ body }: Stage) {
  return {
    succeeding: (delay: number, value: string): Body<[], string> =>
      body(function* () {
        yield* awaited(sleep(delay));
        return value;
      }),
    failing: (delay: number, message: string): Body<[], string> =>
      body(function* (): Generator<unknown, string> {
        yield* awaited(sleep(delay));
        throw new RangeError(message);
      }),
  };
}

/** How each has ended. */
function shown(errors: readonly unknown[]): (string | null)[] {
  return errors.map((error) => (error === null ? null : (error as Error).name));
}

describe("staggeredRace()", () => {
  eachEngine("of nothing has no winner, and takes no turn", function* ({ loop }) {
    const { turns } = loop.statistics();
    expect(yield* awaited(staggeredRace([], null))).toEqual({ value: undefined, index: null, errors: [] });
    expect(loop.statistics().turns).toBe(turns);
  });

  eachEngine("begins no other one when the first succeeds", function* (stage) {
    const { succeeding } = contenders(stage);
    const result = yield* awaited(staggeredRace([succeeding(0, "a"), succeeding(0, "b")], null));
    expect(result).toEqual({ value: "a", index: 0, errors: [null] });
  });

  eachEngine("begins the next one as soon as the one before it has failed", function* (stage) {
    const { succeeding, failing } = contenders(stage);
    for (const delay of [null, 10]) {
      const begin = stage.loop.time();
      const { value, index, errors } = yield* awaited(staggeredRace([failing(1, "a"), succeeding(1, "b")], delay));
      expect([value, index, errors.map(String)]).toEqual(["b", 1, ["RangeError: a", "null"]]);
      expect(stage.loop.time() - begin).toBe(2);
    }
  });

  eachEngine("begins the next one after the delay, and cancels the slow one when that succeeds", function* (stage) {
    const { succeeding } = contenders(stage);
    const { loop } = stage;
    const { value, index, errors } = yield* awaited(staggeredRace([succeeding(10, "a"), succeeding(1, "b")], 0.5));
    expect([value, index, shown(errors)]).toEqual(["b", 1, ["CancelledError", null]]);
    expect(loop.time()).toBe(1.5);
  });

  eachEngine("is won by the first one although others have begun after it", function* (stage) {
    const { succeeding } = contenders(stage);
    const { value, index, errors } = yield* awaited(
      staggeredRace([succeeding(2.5, "a"), succeeding(9, "b"), succeeding(9, "c"), succeeding(9, "d")], 1),
    );
    expect([value, index, shown(errors)]).toEqual(["a", 0, [null, "CancelledError", "CancelledError"]]);
    expect(stage.loop.time()).toBe(2.5);
  });

  eachEngine("does not hurry when an earlier one fails than the last", function* (stage) {
    const { succeeding, failing } = contenders(stage);
    const { errors } = yield* awaited(staggeredRace([failing(1.5, "a"), succeeding(9, "b"), succeeding(0, "c")], 1));
    expect(shown(errors)).toEqual(["RangeError", "CancelledError", null]);
    expect(stage.loop.time()).toBe(2);
  });

  eachEngine("has no winner when all fail", function* (stage) {
    const { failing } = contenders(stage);
    for (const delay of [null, 0, 1]) {
      const { value, index, errors } = yield* awaited(staggeredRace([failing(0, "a"), failing(3, "b")], delay));
      expect([value, index, errors.map(String)]).toEqual([undefined, null, ["RangeError: a", "RangeError: b"]]);
    }
    expect(currentTask()?.cancelling()).toBe(0);
  });

  eachEngine(
    "[62] has one winner when two could succeed in one turn: the other one is cancelled",
    function* ({ body }) {
      const event = new Future<void>();
      const waiting = (index: number): Body<[], number> =>
        body(function* () {
          while (!event.done()) yield* awaited(sleep(0.125));
          return index;
        });
      const together = (index: number): Body<[], number> =>
        body(function* () {
          yield* awaited(sleep(1 - index / 4));
          return index;
        });
      const setting = body(function* (): Generator<unknown, number> {
        event.setResult();
        yield* awaited(new Future<void>());
        return 2;
      });
      for (const fns of [
        [waiting(0), waiting(1), setting],
        [together(0), together(1), together(2)],
      ]) {
        const { value, index, errors } = yield* awaited(staggeredRace(fns, 0.25));
        expect([value, index, shown(errors)]).toEqual([0, 0, [null, "CancelledError", "CancelledError"]]);
      }
    },
  );

  eachEngine(
    "[62] absorbs cancellations until all have ended, hands each on, and then throws",
    function* ({ body, loop }) {
      const log: string[] = [];
      const stubborn = body(function* (): Generator<unknown, string> {
        for (let n = 1; n <= 2; n++)
          log.push(`${((yield* failureOf(sleep(100))) as CancelledError).reason} at ${loop.time()}`);
        return "too late";
      });
      const task: Task<unknown> = createTask(staggeredRace([stubborn], null));
      loop.callLater(1, () => task.cancel("first"));
      loop.callLater(2, () => task.cancel("second"));
      expect(yield* failureOf(task)).toMatchObject({ name: "CancelledError", reason: "second" });
      expect(log).toEqual(["first at 1", "second at 2"]);
      expect(task.cancelled()).toBe(true);
    },
  );

  eachEngine(
    "waits for the cleanups of those that have lost, and throws a cancellation that comes meanwhile",
    function* ({ body, loop }) {
      const cleaningUp = body(function* (): Generator<unknown, string> {
        yield* failureOf(sleep(100));
        yield* awaited(sleep(5));
        return "ended all the same";
      });
      const winning = body(function* () {
        yield* awaited(sleep(1));
        return "won";
      });
      const { value, errors } = yield* awaited(staggeredRace([cleaningUp, winning], 1));
      expect([value, errors, loop.time()]).toEqual(["won", [null, null], 7]);
      const task = createTask(staggeredRace([cleaningUp, winning], 1));
      loop.callLater(4, () => task.cancel("meanwhile"));
      expect(yield* failureOf(task)).toMatchObject({ reason: "meanwhile" });
    },
  );

  eachEngine("takes the functions one by one, and closes the iterator when one has won", function* (stage) {
    const { succeeding, failing } = contenders(stage);
    const log: string[] = [];
    const lazily = function* () {
      try {
        for (const fn of [failing(1, "a"), succeeding(1, "b"), succeeding(1, "c")]) {
          log.push(`taken at ${stage.loop.time()}`);
          yield fn;
        }
      } finally {
        log.push("closed");
      }
    };
    expect((yield* awaited(staggeredRace(lazily(), null))).value).toBe("b");
    expect(log).toEqual(["taken at 0", "taken at 1", "closed"]);
  });

  eachEngine(
    "fails when the iterator does, or gives what is no function; all that was begun is cancelled",
    function* ({ body }) {
      const slow = createdIn(body);
      const broken = function* () {
        yield slow.fn;
        throw new RangeError("broken");
      };
      expect(yield* failureOf(staggeredRace(broken(), 1))).toMatchObject({ message: "broken" });
      expect(yield* failureOf(staggeredRace([slow.fn, 5 as never], 1))).toMatchObject({
        message: "staggeredRace() needs functions, not 5",
      });
      expect(slow.cancels()).toBe(2);
    },
  );

  eachEngine("is cancelled by its signal, and throws its reason once all have ended", function* ({ body, loop }) {
    const controller = new AbortController();
    const { signal } = controller;
    const slow = createdIn(body);
    loop.callLater(1, () => controller.abort("enough"));
    expect(yield* failureOf(staggeredRace([slow.fn, slow.fn], 0.5, { signal }))).toBe("enough");
    expect([slow.cancels(), loop.time(), currentTask()?.cancelling()]).toEqual([2, 1, 0]);
    expect(yield* failureOf(staggeredRace([slow.fn], null, { signal }))).toBe("enough");
    expect(slow.cancels()).toBe(2);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  test("leaves no timer behind", async () => {
    await runVirtual(async (loop) => {
      await staggeredRace([async () => 1], 3600);
      const { timers, cancelledTimers } = loop.statistics();
      expect(timers - cancelledTimers).toBe(0);
    });
  });

  test("is won at once by an eager task that succeeds at once", async () => {
    await runVirtual(function* (loop) {
      setTaskFactory(loop, eagerTaskFactory);
      const one = function* () {
        return 1;
      };
      expect(yield* staggeredRace([one, one], 1)).toEqual({ value: 1, index: 0, errors: [null] });
    });
  });

  test("refuses at the call what makes no sense", () => {
    for (const fns of [undefined, null, 5, "text", async () => 1]) {
      expect(() => staggeredRace(fns as never, null)).toThrow("needs an array of functions");
    }
    for (const delay of [undefined, "1"]) expect(() => staggeredRace([], delay as never)).toThrow(TypeError);
    expect(() => staggeredRace([], Number.NaN)).toThrow(RangeError);
    expect(() => staggeredRace([], 1, { signal: 5 as never })).toThrow(TypeError);
  });
});

/** A contender that rests until it is cancelled, and how often that was. */
function createdIn(body: Stage["body"]): { fn: Body<[], string>; cancels: () => number } {
  let cancels = 0;
  const fn = body(function* (): Generator<unknown, string> {
    try {
      yield* awaited(sleep(100));
    } catch (error) {
      if (error instanceof CancelledError) cancels++;
      throw error;
    }
    return "rested";
  });
  return { fn, cancels: () => cancels };
}
