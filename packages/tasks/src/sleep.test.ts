import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { createTask } from "./create-task.ts";
import { CancelledError } from "./errors.ts";
import { sleep } from "./sleep.ts";
import { awaited, failureOf, liveTimers, runVirtual } from "./testing/index.ts";

describe("sleep()", () => {
  eachEngine("sleep() waits for the delay and answers the result", function* ({ loop }) {
    expect(yield* awaited(sleep(1.5))).toBeUndefined();
    expect(yield* awaited(sleep(2, "rested"))).toBe("rested");
    expect(loop.time()).toBe(3.5);
  });

  eachEngine("[16] sleep() that is cancelled leaves no timer", function* ({ loop, body }) {
    const task = createTask(
      body(function* () {
        yield* awaited(sleep(10, "yeah"));
      }),
    );
    yield* awaited(sleep(0));
    expect(liveTimers(loop)).toBe(1);
    task.cancel();
    yield* awaited(sleep(0));
    expect(liveTimers(loop)).toBe(0);
    expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
    expect(loop.time()).toBe(0);
  });

  eachEngine("[17] sleep(0, result) takes exactly one turn", function* ({ loop }) {
    let callbackRan = false;
    loop.callSoon(() => {
      callbackRan = true;
    });
    const { turns } = loop.statistics();
    expect(callbackRan).toBe(false);
    expect(yield* awaited(sleep(0, 10))).toBe(10);
    expect(callbackRan).toBe(true);
    expect(loop.statistics().turns - turns).toBe(1);
  });

  eachEngine("sleep() of less than nothing takes one turn, and no timer", function* ({ loop }) {
    for (const delay of [-1, -0, Number.NEGATIVE_INFINITY]) {
      const { turns } = loop.statistics();
      yield* awaited(sleep(delay));
      expect(loop.statistics()).toMatchObject({ turns: turns + 1, timers: 0 });
    }
  });

  test("[18] sleep(NaN) is a RangeError, at the call", () => {
    expect(() => sleep(Number.NaN)).toThrow(RangeError);
  });

  test("sleep() of what is no number is a TypeError, at the call", () => {
    for (const delay of [undefined, null, "1", 1n, {}]) expect(() => sleep(delay as never)).toThrow(TypeError);
  });

  eachEngine("sleep(Infinity) sleeps until it is cancelled", function* ({ loop, body }) {
    const task = createTask(
      body(function* () {
        yield* awaited(sleep(Number.POSITIVE_INFINITY));
      }),
    );
    yield* awaited(sleep(1e9));
    expect(task.done()).toBe(false);
    task.cancel();
    yield* failureOf(task);
    expect(liveTimers(loop)).toBe(0);
  });

  eachEngine("sleep() cannot be awaited twice", function* () {
    for (const delay of [0, 1]) {
      const once = sleep(delay);
      yield* awaited(once);
      expect(yield* failureOf(once)).toMatchObject({ name: "RuntimeError" });
    }
  });

  eachEngine(
    "sleep() that is due in the turn of its cancellation is cancelled, in silence",
    function* ({ loop, body }) {
      const task = createTask(
        body(function* () {
          yield* awaited(sleep(1));
        }),
      );
      loop.callAt(1, () => void task.cancel());
      expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
      expect(loop.time()).toBe(1);
    },
  );

  eachEngine(
    "sleep() of many keeps the order of the deadlines, and of the calls where those are equal",
    function* (stage) {
      const { body } = stage;
      const woken: string[] = [];
      const sleeper = body(function* (delay: number, name: string) {
        yield* awaited(sleep(delay));
        woken.push(name);
      });
      const tasks = [
        createTask(() => sleeper(2, "2a")),
        createTask(() => sleeper(1, "1a")),
        createTask(() => sleeper(2, "2b")),
        createTask(() => sleeper(1, "1b")),
        createTask(() => sleeper(0, "0")),
      ];
      for (const task of tasks) yield* awaited(task);
      expect(woken).toEqual(["0", "1a", "1b", "2a", "2b"]);
    },
  );

  test("sleep() outside of a running loop is refused when it is awaited", async () => {
    await expect(Promise.resolve(sleep(0))).rejects.toThrow("no running event loop");
    await expect(Promise.resolve(sleep(1))).rejects.toThrow("no running event loop");
  });

  test("sleep() awaited in a callback of the loop just waits", async () => {
    const times: number[] = [];
    await runVirtual(async (loop) => {
      loop.callSoon(async () => {
        await sleep(1);
        times.push(loop.time());
        await sleep(0);
        times.push(loop.time());
      });
      await sleep(2);
    });
    expect(times).toEqual([1, 1]);
  });
});

describe("sleep() with a signal", () => {
  eachEngine("takes its time, and leaves nothing on the signal", function* ({ loop }) {
    const { signal } = new AbortController();
    expect(yield* awaited(sleep(2, "rested", { signal }))).toBe("rested");
    expect(yield* awaited(sleep(0, "paused", { signal }))).toBe("paused");
    expect([loop.time(), getEventListeners(signal, "abort")]).toEqual([2, []]);
  });

  eachEngine("ends with the reason of the signal, and leaves no timer", function* ({ loop }) {
    const controller = new AbortController();
    loop.callLater(1, () => controller.abort("enough"));
    expect(yield* failureOf(sleep(60, undefined, { signal: controller.signal }))).toBe("enough");
    expect([loop.time(), liveTimers(loop)]).toEqual([1, 0]);
  });

  eachEngine(
    "fails at once if the signal was aborted before, and after its turn if it was aborted in that",
    function* (stage) {
      const controller = new AbortController();
      const options = { signal: controller.signal };
      stage.loop.callSoon(() => controller.abort("enough"));
      expect(yield* failureOf(sleep(0, undefined, options))).toBe("enough");
      expect(yield* failureOf(sleep(0, undefined, options))).toBe("enough");
      expect(yield* failureOf(sleep(60, undefined, options))).toBe("enough");
      expect(stage.loop.time()).toBe(0);
    },
  );

  test("refuses what is no signal", () => {
    expect(() => sleep(1, undefined, { signal: 5 as never })).toThrow(TypeError);
  });
});
