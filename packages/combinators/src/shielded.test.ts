import { getEventListeners } from "node:events";
import { ContextVar } from "@asyncio-ts/contextvars";
import { CancelledError, createTask, currentTask, sleep, type Task, TimeoutError } from "@asyncio-ts/tasks";
import { awaited, failureOf, liveTimers, type Script, type Stage, turnsOf } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { type ShieldedOptions, shielded } from "./shielded.ts";
import { timeout } from "./timeout.ts";

/** A task that cleans up, shielded, and then tries to go on. */
function cleaning(body: Stage["body"], cleanup: Script<[], unknown>, options?: ShieldedOptions) {
  const seen = { error: undefined as unknown, value: undefined as unknown, goesOn: false };
  const task = createTask(
    body(function* () {
      try {
        seen.value = yield* awaited(shielded(body(cleanup), options));
      } catch (error) {
        seen.error = error;
      }
      yield* awaited(sleep(0));
      seen.goesOn = true;
    }),
  ) as Task<unknown>;
  return { task, seen };
}

describe("shielded()", () => {
  eachEngine("takes no turn of its own for a generator that does not suspend", function* ({ loop }) {
    const quick = function* (): Generator<never, string> {
      return "value";
    };
    const turns = yield* turnsOf(
      loop,
      (function* () {
        for (const options of [{}, { timeout: 5 }, { timeout: 0 }]) {
          expect(yield* awaited(shielded(quick, options))).toBe("value");
        }
      })(),
    );
    expect([turns, liveTimers(loop)]).toEqual([0, 0]);
  });

  eachEngine("gives the value of the body, or throws its error", function* ({ loop, body }) {
    const quick = body(function* () {
      return "value";
    });
    expect(yield* awaited(shielded(quick, { timeout: 5 }))).toBe("value");
    expect(yield* awaited(shielded(() => sleep(1, "slow"), { timeout: null, deadline: null }))).toBe("slow");
    const own = new Error("own");
    const failing = body(function* () {
      throw own;
    });
    expect(yield* failureOf(shielded(failing, { timeout: 5 }))).toBe(own);
    expect(liveTimers(loop)).toBe(0);
  });

  eachEngine("runs the body in a task of its own, which shares the context", function* ({ body }) {
    const variable = new ContextVar("variable", { default: "before" });
    const main = currentTask();
    const setting = body(function* () {
      yield* awaited(sleep(1));
      variable.set("set by the body");
      return currentTask() === main;
    });
    expect(yield* awaited(shielded(setting))).toBe(false);
    expect(variable.get()).toBe("set by the body");
  });

  eachEngine("puts cancellations off until the body has ended, then hands on the last", function* ({ loop, body }) {
    const { task, seen } = cleaning(body, function* () {
      yield* awaited(sleep(5));
      return "saved";
    });
    for (const [when, reason] of [
      [1, "first"],
      [2, "second"],
      [3, "third"],
    ] as const) {
      loop.callAt(when, () => task.cancel(reason));
    }
    yield* awaited(task);
    expect(loop.time()).toBe(5);
    expect(seen.error).toBeInstanceOf(CancelledError);
    expect([(seen.error as CancelledError).reason, seen.goesOn, task.cancelling()]).toEqual(["third", true, 3]);
  });

  eachEngine("works in the cleanup of a task that was cancelled before", function* ({ loop, body }) {
    const log: unknown[] = [];
    const task = createTask(
      body(function* () {
        try {
          yield* awaited(sleep(60));
        } finally {
          log.push(yield* awaited(shielded(() => sleep(5, "saved"))));
        }
      }),
    );
    loop.callAt(1, () => task.cancel());
    expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
    expect([log, loop.time(), task.cancelled()]).toEqual([["saved"], 6, true]);
  });

  eachEngine("does not lose a cancellation that comes in the turn in which the body ends", function* ({ loop, body }) {
    const { task, seen } = cleaning(body, function* () {
      yield* awaited(sleep(1));
      loop.callSoon(() => task.cancel());
    });
    yield* awaited(task);
    expect(seen.error).toBeInstanceOf(CancelledError);
  });

  eachEngine("cuts the body off when the time is over, and throws a TimeoutError", function* ({ loop, body }) {
    for (const options of [{ timeout: 2 }, { deadline: 8 }]) {
      const started = loop.time();
      let met: unknown;
      const slow = body(function* () {
        met = yield* failureOf(sleep(60));
        yield* awaited(sleep(1));
        throw met;
      });
      const error = (yield* failureOf(shielded(slow, options))) as TimeoutError;
      expect(error).toBeInstanceOf(TimeoutError);
      expect([error.message, error.cause === met]).toEqual([
        `shielded() timed out after ${"timeout" in options ? 2 : 5} s`,
        true,
      ]);
      expect([loop.time() - started, liveTimers(loop), currentTask()?.cancelling()]).toEqual([
        "timeout" in options ? 3 : 6,
        0,
        0,
      ]);
    }
  });

  eachEngine("counts the time from the call", function* ({ loop }) {
    yield* awaited(sleep(1));
    const cleanup = shielded(() => sleep(60), { timeout: 5 });
    yield* awaited(sleep(2));
    expect(yield* failureOf(cleanup)).toBeInstanceOf(TimeoutError);
    expect(loop.time()).toBe(6);
  });

  eachEngine("cuts the body off in the next turn when the time was over before", function* () {
    expect(yield* failureOf(shielded(() => sleep(0), { timeout: 0 }))).toBeInstanceOf(TimeoutError);
    expect(((yield* failureOf(shielded(() => sleep(0), { deadline: -3 }))) as Error).message).toBe(
      "shielded() was given a deadline 3 s ago",
    );
  });

  eachEngine("cut off after a cancellation, hands that on instead of a TimeoutError", function* ({ loop, body }) {
    const slow: Script<[], unknown> = function* () {
      yield* awaited(sleep(60));
    };
    const { task, seen } = cleaning(body, slow, { timeout: 5 });
    loop.callAt(1, () => task.cancel("outside"));
    yield* awaited(task);
    expect([seen.error instanceof CancelledError, (seen.error as CancelledError).reason]).toEqual([true, "outside"]);
    expect(loop.time()).toBe(5);
  });

  eachEngine("gives the value of a body that refuses to be cut off", function* ({ body }) {
    const refusing = body(function* () {
      yield* failureOf(sleep(60));
      return "after all";
    });
    expect(yield* awaited(shielded(refusing, { timeout: 1 }))).toBe("after all");
  });

  eachEngine("throws the body's own error, and then what was put off", function* ({ loop, body }) {
    const own = new Error("own");
    const { task, seen } = cleaning(body, function* () {
      yield* awaited(sleep(5));
      throw own;
    });
    loop.callAt(1, () => task.cancel("outside"));
    const error = yield* failureOf(task);
    expect([seen.error === own, seen.goesOn, task.cancelling()]).toEqual([true, false, 1]);
    expect((error as CancelledError).reason).toBe("outside");
  });

  eachEngine("tells in the error of a body that was cut off, why it was", function* ({ body }) {
    const failing = body(function* () {
      const cause = yield* failureOf(sleep(60));
      throw new RangeError("own", { cause });
    });
    const error = (yield* failureOf(shielded(failing, { timeout: 1 }))) as RangeError;
    expect([error.message, (error.cause as Error).name]).toEqual(["own", "TimeoutError"]);
  });

  eachEngine("throws the CancelledError of a body that was cancelled by itself", function* ({ body }) {
    const cancelling = body(function* () {
      currentTask()?.cancel("myself");
      yield* awaited(sleep(1));
    });
    const error = (yield* failureOf(shielded(cancelling, { timeout: 5 }))) as CancelledError;
    expect([error instanceof CancelledError, error.reason, currentTask()?.cancelling()]).toEqual([true, "myself", 0]);
  });

  eachEngine("puts off a timeout around it", function* ({ loop, body }) {
    const shielding = body(function* () {
      yield* awaited(shielded(() => sleep(5)));
    });
    expect(yield* failureOf(timeout(1, shielding))).toBeInstanceOf(TimeoutError);
    expect([loop.time(), currentTask()?.cancelling()]).toEqual([5, 0]);

    const own = new Error("own");
    const failing = body(function* () {
      const crash = body(function* () {
        yield* awaited(sleep(5));
        throw own;
      });
      yield* awaited(shielded(crash));
    });
    expect(yield* failureOf(timeout(1, failing))).toBe(own);
    yield* awaited(sleep(1)); // what was put off was the timeout's
    expect(currentTask()?.cancelling()).toBe(0);
  });

  eachEngine("is cut off by its signal, and throws its reason", function* ({ loop, body }) {
    const controller = new AbortController();
    const { signal } = controller;
    loop.callLater(1, () => controller.abort("enough"));
    let met: unknown;
    const slow = body(function* () {
      met = yield* failureOf(sleep(60));
      yield* awaited(sleep(1));
      throw met;
    });
    expect(yield* failureOf(shielded(slow, { signal, timeout: 1.5 }))).toBe("enough");
    expect([(met as CancelledError).reason, loop.time()]).toEqual(["enough", 2]);
    expect([getEventListeners(signal, "abort").length, liveTimers(loop)]).toEqual([0, 0]);

    let hasBegun = false;
    const never = body(function* () {
      hasBegun = true;
    });
    expect([yield* failureOf(shielded(never, { signal })), hasBegun]).toEqual(["enough", false]);

    const itself = new AbortController();
    const ending = body(function* () {
      itself.abort("by the body");
      yield* awaited(sleep(60));
    });
    expect(yield* failureOf(shielded(ending, { signal: itself.signal }))).toBe("by the body");
  });

  eachEngine("is cut off once: what comes second changes nothing", function* ({ loop, body }) {
    const controller = new AbortController();
    loop.callLater(2, () => controller.abort("too late"));
    const slow = body(function* () {
      const cause = yield* failureOf(sleep(60));
      yield* awaited(sleep(5));
      throw cause;
    });
    const error = yield* failureOf(shielded(slow, { timeout: 1, signal: controller.signal }));
    expect([error instanceof TimeoutError, loop.time()]).toEqual([true, 6]);
  });

  eachEngine("refuses at the call what makes no sense", function* () {
    const nothing = async (): Promise<void> => {};
    expect(() => shielded(5 as never)).toThrow("shielded() needs a function, not 5");
    expect(() => shielded(nothing, { timeout: Number.NaN })).toThrow(RangeError);
    expect(() => shielded(nothing, { deadline: Number.NaN })).toThrow(RangeError);
    expect(() => shielded(nothing, { timeout: "1" as never })).toThrow(TypeError);
    expect(() => shielded(nothing, { deadline: "1" as never })).toThrow("shielded() needs a deadline in seconds");
    expect(() => shielded(nothing, { timeout: 1, deadline: 1 })).toThrow("takes a timeout or a deadline");
    expect(() => shielded(nothing, { signal: 1 as never })).toThrow("shielded() needs an AbortSignal");
  });

  test("is refused outside of a running loop", () => {
    expect(() => shielded(() => sleep(1))).toThrow("no running event loop");
  });
});
