import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { coroutine } from "./coroutine.ts";
import { createTask } from "./create-task.ts";
import { CancelledError, TimeoutError } from "./errors.ts";
import { Future } from "./future.ts";
import { sleep } from "./sleep.ts";
import { awaited, failureOf, liveTimers } from "./testing/index.ts";
import { checkLimits, waitWithin } from "./wait-limits.ts";

const within = coroutine(waitWithin);

describe("waitWithin()", () => {
  eachEngine("answers the result, and leaves neither timer nor listener", function* ({ loop }) {
    const { signal } = new AbortController();
    const future = new Future<string>();
    loop.callLater(1, () => future.setResult("in time"));
    expect(yield* awaited(within("get", future, { timeout: 5, signal }))).toBe("in time");
    expect(loop.time()).toBe(1);
    expect([liveTimers(loop), getEventListeners(signal, "abort")]).toEqual([0, []]);
  });

  eachEngine("without limits waits for ever", function* ({ loop }) {
    for (const timeout of [undefined, null]) {
      const future = new Future<number>();
      loop.callLater(1_000_000, () => future.setResult(1));
      expect(yield* awaited(within("get", future, { timeout }))).toBe(1);
    }
  });

  eachEngine("fails with a TimeoutError when the time has passed, and so does the future", function* ({ loop }) {
    const { signal } = new AbortController();
    const future = new Future<void>();
    const error = yield* failureOf(within("get", future, { timeout: 1.5, signal }));
    expect(error).toBeInstanceOf(TimeoutError);
    expect((error as Error).message).toBe("get() timed out after 1.5 s");
    expect([loop.time(), future.exception(), getEventListeners(signal, "abort")]).toEqual([1.5, error, []]);
  });

  eachEngine("with a timeout of 0 or less fails in the next turn", function* ({ loop }) {
    for (const timeout of [0, -1]) {
      const error = yield* failureOf(within("get", new Future<void>(), { timeout }));
      expect([(error as Error).name, loop.time()]).toEqual(["TimeoutError", 0]);
    }
  });

  eachEngine("counts the timeout from when the wait began", function* ({ loop }) {
    yield* awaited(sleep(3));
    const error = yield* failureOf(within("get", new Future<void>(), { timeout: 5 }, 1));
    expect([(error as Error).message, loop.time()]).toEqual(["get() timed out after 5 s", 6]);
  });

  eachEngine("fails with the reason of the signal when it is aborted", function* ({ loop }) {
    const controller = new AbortController();
    const reason = new Error("closed");
    loop.callLater(2, () => controller.abort(reason));
    const limits = { timeout: 5, signal: controller.signal };
    expect(yield* failureOf(within("get", new Future<void>(), limits))).toBe(reason);
    expect([loop.time(), liveTimers(loop)]).toEqual([2, 0]);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });

  eachEngine("fails at once when the signal was aborted before", function* () {
    const future = new Future<void>();
    const signal = AbortSignal.abort("before");
    expect(yield* failureOf(within("get", future, { signal }))).toBe("before");
    expect(future.done()).toBe(false);
  });

  eachEngine("lets a result stand that came in the turn of the timeout", function* ({ loop }) {
    const future = new Future<string>();
    loop.callLater(1, () => future.setResult("just in time"));
    expect(yield* awaited(within("get", future, { timeout: 1 }))).toBe("just in time");
  });

  eachEngine("that is cancelled cancels the future, and leaves neither timer nor listener", function* ({ loop }) {
    const { signal } = new AbortController();
    const future = new Future<void>();
    const task = createTask(() => within("get", future, { timeout: 5, signal }));
    yield* awaited(sleep(1));
    task.cancel();
    expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
    expect([future.cancelled(), liveTimers(loop), getEventListeners(signal, "abort")]).toEqual([true, 0, []]);
  });
});

describe("checkLimits()", () => {
  test("refuses what is no limit, and names who was given it", () => {
    const given = (limits: unknown) => () => checkLimits("acquire", limits as object);
    expect(given({ timeout: "5" })).toThrow(new TypeError('acquire() needs a timeout in seconds, not "5"'));
    expect(given({ timeout: Number.NaN })).toThrow(new RangeError("acquire() cannot use NaN as timeout"));
    expect(given({ signal: 5 })).toThrow(new TypeError("acquire() needs an AbortSignal as signal, not 5"));
    expect(given({ signal: null })).toThrow(new TypeError("acquire() needs an AbortSignal as signal, not null"));
    expect(given(5)).toThrow(new TypeError("acquire() needs an object of options, not 5"));
    expect(given(null)).toThrow(new TypeError("acquire() needs an object of options, not null"));
  });

  test("accepts limits, and none", () => {
    for (const timeout of [undefined, null, -1, 0, 5, Number.POSITIVE_INFINITY]) checkLimits("acquire", { timeout });
    checkLimits("acquire", { signal: new AbortController().signal });
    checkLimits("acquire", {});
  });
});
