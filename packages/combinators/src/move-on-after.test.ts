import { getEventListeners } from "node:events";
import { CancelledError, createTask, currentTask, sleep, TimeoutError } from "@asyncio-ts/tasks";
import { awaited, failureOf, liveTimers, turnsOf } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { moveOnAfter, moveOnAt } from "./move-on-after.ts";
import { timeout } from "./timeout.ts";
import type { Timeout } from "./timeout-scope.ts";

describe("moveOnAfter()", () => {
  eachEngine("gives the value of a body that is in time, and takes no turn of its own", function* ({ loop, body }) {
    const quick = body(function* () {
      return "value";
    });
    const turns = yield* turnsOf(
      loop,
      (function* () {
        for (const when of [5, null]) {
          expect(yield* awaited(moveOnAfter(when, quick))).toBe("value");
          expect(yield* awaited(moveOnAt(when, quick))).toBe("value");
        }
      })(),
    );
    expect([turns, liveTimers(loop)]).toEqual([0, 0]);
  });

  eachEngine("gives undefined when the time is over, and the task goes on", function* ({ loop, body }) {
    let scope: Timeout | undefined;
    const late = body(function* (entered: Timeout) {
      scope = entered;
      try {
        yield* awaited(sleep(60));
      } finally {
        yield* awaited(sleep(1));
      }
      return "late";
    });
    expect(yield* awaited(moveOnAfter(2, late))).toBeUndefined();
    expect([loop.time(), scope?.expired(), currentTask()?.cancelling()]).toEqual([3, true, 0]);
    expect(yield* awaited(moveOnAt(5, late))).toBeUndefined();
    expect([loop.time(), scope?.when()]).toEqual([6, 5]);
    yield* awaited(sleep(1));
  });

  eachEngine("counts the time from the call", function* ({ loop }) {
    const limited = moveOnAfter(5, () => sleep(60));
    yield* awaited(sleep(2));
    yield* awaited(limited);
    expect(loop.time()).toBe(5);
  });

  eachEngine("cuts off a pause of one turn when its time is over already", function* () {
    expect(yield* awaited(moveOnAfter(0, () => sleep(0, "slipped through")))).toBeUndefined();
    expect(yield* awaited(moveOnAt(-1, () => sleep(0, "slipped through")))).toBeUndefined();
  });

  eachEngine("gives the value of a body that refuses, and throws its own error as it is", function* ({ body }) {
    const refusing = body(function* (scope: Timeout) {
      yield* failureOf(sleep(60));
      return scope.expired();
    });
    expect(yield* awaited(moveOnAfter(1, refusing))).toBe(true);

    const own = new RangeError("own");
    const failing = body(function* () {
      own.cause = yield* failureOf(sleep(60));
      throw own;
    });
    expect(yield* failureOf(moveOnAfter(1, failing))).toBe(own);
    expect([own.cause instanceof CancelledError, currentTask()?.cancelling()]).toEqual([true, 0]);
  });

  eachEngine("can be rescheduled", function* ({ loop, body }) {
    const moving = body(function* (scope: Timeout) {
      scope.reschedule(7);
      yield* awaited(sleep(60));
    });
    yield* awaited(moveOnAfter(1, moving));
    expect(loop.time()).toBe(7);
  });

  eachEngine("does not take a cancellation of the task for the end of the time", function* ({ loop, body }) {
    for (const when of [10, 1]) {
      const task = createTask(
        body(function* () {
          yield* awaited(moveOnAfter(when, () => sleep(60)));
        }),
      );
      loop.callLater(1, () => task.cancel());
      expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
      expect(task.cancelling()).toBe(1);
    }
  });

  eachEngine("inside of a timeout that expires as well, leaves that the word", function* ({ loop, body }) {
    const moving = body(function* () {
      yield* awaited(moveOnAt(1, () => sleep(60)));
      return "moved on";
    });
    expect(yield* failureOf(timeout(1, moving))).toBeInstanceOf(TimeoutError);
    const [start, both] = [loop.time(), timeout(2, moving)];
    expect(yield* awaited(both)).toBe("moved on");
    expect([loop.time() - start, currentTask()?.cancelling()]).toEqual([0, 0]);
  });

  eachEngine("around a timeout that expires as well, moves on", function* ({ loop, body }) {
    const limited = body(function* () {
      yield* awaited(timeout(1, () => sleep(60)));
    });
    expect(yield* awaited(moveOnAfter(1, limited))).toBeUndefined();
    expect([loop.time(), currentTask()?.cancelling()]).toEqual([1, 0]);
    expect(yield* failureOf(moveOnAfter(2, limited))).toBeInstanceOf(TimeoutError);
  });

  eachEngine("throws the reason of its signal", function* ({ loop, body }) {
    const controller = new AbortController();
    loop.callLater(1, () => controller.abort("enough"));
    const { signal } = controller;
    expect(yield* failureOf(moveOnAfter(5, () => sleep(60), { signal }))).toBe("enough");
    expect([getEventListeners(signal, "abort").length, liveTimers(loop), currentTask()?.cancelling()]).toEqual([
      0, 0, 0,
    ]);
    let hasBegun = false;
    const never = body(function* () {
      hasBegun = true;
    });
    expect(yield* failureOf(moveOnAt(5, never, { signal }))).toBe("enough");
    expect(hasBegun).toBe(false);
  });

  eachEngine("refuses at the call what makes no sense", function* () {
    const nothing = async (): Promise<void> => {};
    for (const limited of [moveOnAfter, moveOnAt]) {
      expect(() => limited(Number.NaN, nothing)).toThrow(RangeError);
      expect(() => limited("1" as never, nothing)).toThrow(`${limited.name}() needs a`);
      expect(() => limited(1, 5 as never)).toThrow(`${limited.name}() needs a function`);
      expect(() => limited(1, nothing, { signal: {} as never })).toThrow(`${limited.name}() needs an AbortSignal`);
    }
  });

  test("is refused outside of a running loop", () => {
    expect(() => moveOnAfter(1, () => sleep(1))).toThrow("no running event loop");
  });
});
