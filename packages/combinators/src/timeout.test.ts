import { getEventListeners } from "node:events";
import { CancelledError, createTask, currentTask, Future, sleep, type Task, TimeoutError } from "@asyncio-ts/tasks";
import { awaited, failureOf, liveTimers, runVirtual, turnsOf } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { ExceptionGroup } from "./exception-group.ts";
import { taskGroup } from "./task-group-body.ts";
import { timeout, timeoutAt } from "./timeout.ts";
import type { Timeout } from "./timeout-scope.ts";

function* causesOf(error: unknown): Generator<unknown> {
  for (let each = error; each instanceof Error; each = each.cause) yield each.constructor;
}

describe("timeout()", () => {
  eachEngine("gives the value of a body that is in time", function* ({ loop, body }) {
    let scope: Timeout | undefined;
    const inTime = body(function* (entered: Timeout) {
      scope = entered;
      return yield* awaited(sleep(1, "value"));
    });
    expect(yield* awaited(timeout(10, inTime))).toBe("value");
    expect([scope?.expired(), scope?.when(), loop.time(), liveTimers(loop)]).toEqual([false, 10, 1, 0]);
  });

  eachEngine("takes no turn and leaves no timer, uncontended", function* ({ loop, body }) {
    const quick = body(function* () {
      return 1;
    });
    for (const delay of [5, null]) {
      const turns = yield* turnsOf(
        loop,
        (function* () {
          expect(yield* awaited(timeout(delay, quick))).toBe(1);
          expect(yield* awaited(timeoutAt(delay, quick))).toBe(1);
        })(),
      );
      expect([turns, liveTimers(loop)]).toEqual([0, 0]);
    }
  });

  eachEngine("throws a TimeoutError that says how long, and tells the cause", function* ({ loop, body }) {
    let scope: Timeout | undefined;
    let met: unknown;
    const late = body(function* (entered: Timeout) {
      scope = entered;
      met = yield* failureOf(sleep(60));
      throw met;
    });
    yield* awaited(sleep(0.1));
    const error = (yield* failureOf(timeout(0.2, late))) as TimeoutError;
    expect(error).toBeInstanceOf(TimeoutError);
    expect([error.message, error.cause === met]).toEqual(["timeout() timed out after 0.2 s", true]);
    expect(met).toBeInstanceOf(CancelledError);
    expect([scope?.expired(), loop.time().toFixed(3), currentTask()?.cancelling()]).toEqual([true, "0.300", 0]);
    yield* awaited(sleep(1));
  });

  eachEngine("counts the time from the call", function* ({ loop }) {
    const limited = timeout(5, () => sleep(4));
    yield* awaited(sleep(2));
    expect(yield* failureOf(limited)).toBeInstanceOf(TimeoutError);
    expect(loop.time()).toBe(5);
  });

  eachEngine("waits for the cleanup of the body, however long that takes", function* ({ loop, body }) {
    const stubborn = body(function* () {
      try {
        yield* awaited(sleep(60));
      } finally {
        yield* awaited(sleep(30));
      }
    });
    expect(yield* failureOf(timeout(1, stubborn))).toBeInstanceOf(TimeoutError);
    expect(loop.time()).toBe(31);
  });

  eachEngine("has no limit with null or Infinity, and no timer is armed for null", function* ({ loop, body }) {
    for (const delay of [null, Number.POSITIVE_INFINITY]) {
      const patient = body(function* (scope: Timeout) {
        yield* awaited(sleep(1e9));
        return [scope.when(), scope.expired(), liveTimers(loop)];
      });
      expect(yield* awaited(timeout(delay, patient))).toEqual([delay, false, delay === null ? 0 : 1]);
    }
  });

  eachEngine("runs the body in the current task", function* ({ body }) {
    const main = currentTask();
    const own = body(function* () {
      return currentTask() === main;
    });
    expect(yield* awaited(timeout(1, own))).toBe(true);
  });

  eachEngine("passes an error of the body on, and leaves nothing behind", function* ({ loop, body }) {
    const own = new Error("own");
    const failing = body(function* () {
      yield* awaited(sleep(0));
      throw own;
    });
    expect(yield* failureOf(timeout(1, failing))).toBe(own);
    expect(own.cause).toBeUndefined();
    expect(liveTimers(loop)).toBe(0);
  });

  eachEngine("[63] converts in the outermost expired scope only", function* ({ loop, body }) {
    const scopes: Timeout[] = [];
    let met: unknown;
    const inner = body(function* (scope: Timeout) {
      scopes.push(scope);
      yield* awaited(sleep(60));
    });
    const outer = body(function* (scope: Timeout) {
      scopes.push(scope);
      met = yield* failureOf(timeoutAt(1, inner));
      throw met;
    });
    expect(yield* failureOf(timeoutAt(1, outer))).toBeInstanceOf(TimeoutError);
    expect(met).toBeInstanceOf(CancelledError);
    expect(scopes.map((scope) => scope.expired())).toEqual([true, true]);
    expect([loop.time(), currentTask()?.cancelling()]).toEqual([1, 0]);
  });

  eachEngine("[63] expires alone inside of one that has time", function* ({ loop, body }) {
    const outer = body(function* (scope: Timeout) {
      expect(yield* failureOf(timeout(1, () => sleep(60)))).toBeInstanceOf(TimeoutError);
      yield* awaited(sleep(1));
      return scope.expired();
    });
    expect(yield* awaited(timeout(10, outer))).toBe(false);
    expect(loop.time()).toBe(2);
  });

  eachEngine("[64] is not mistaken for another that fires in the same turn", function* ({ loop, body }) {
    for (const [outerDelay, innerDelay] of [
      [2, 100],
      [100, 10],
    ] as const) {
      const started = loop.time();
      const seen: unknown[] = [];
      const inner = body(function* () {
        loop.host.advance(100); // the loop is busy
        yield* awaited(sleep(1000));
      });
      const outer = body(function* () {
        seen.push(yield* failureOf(timeout(innerDelay, inner)));
        throw seen[0];
      });
      expect(yield* failureOf(timeout(outerDelay, outer))).toBeInstanceOf(TimeoutError);
      expect(seen[0]).toBeInstanceOf(CancelledError); // both had come, and the outer one is heard of
      expect([loop.time() - started, currentTask()?.cancelling()]).toEqual([100, 0]);
    }
  });

  eachEngine("[64] fires after an inner one that was handled", function* ({ loop, body }) {
    const outer = body(function* () {
      expect(yield* failureOf(timeout(1, () => sleep(60)))).toBeInstanceOf(TimeoutError);
      yield* awaited(sleep(60));
    });
    expect(yield* failureOf(timeout(5, outer))).toBeInstanceOf(TimeoutError);
    expect(loop.time()).toBe(5);
  });

  eachEngine("[65] fires in the next turn when its time is over", function* ({ loop, body }) {
    for (const [delay, message] of [
      [0, "timeout() timed out after 0 s"],
      [-11, "timeout() was given a deadline 11 s ago"],
    ] as const) {
      const pausing = body(function* (scope: Timeout) {
        expect(scope.when()).toBe(loop.time() + delay);
        yield* awaited(sleep(0));
      });
      const error = (yield* failureOf(timeout(delay, pausing))) as TimeoutError;
      expect([error.name, error.message]).toEqual(["TimeoutError", message]);
    }
    expect((yield* failureOf(timeoutAt(-1, () => sleep(0)))) as Error).toBeInstanceOf(TimeoutError);
  });

  eachEngine("[65] lets a body that does not suspend finish, though its time is over", function* ({ loop, body }) {
    const quick = body(function* (scope: Timeout) {
      return scope;
    });
    const scope = (yield* awaited(timeout(0, quick))) as Timeout;
    yield* awaited(sleep(1));
    expect([String(scope), currentTask()?.cancelling(), liveTimers(loop)]).toEqual(["<Timeout [finished]>", 0, 0]);
  });

  eachEngine("[66] leaves a cancellation from outside a CancelledError", function* ({ body }) {
    let scope: Timeout | undefined;
    const task = createTask(
      body(function* () {
        const waiting = body(function* (entered: Timeout) {
          scope = entered;
          yield* awaited(sleep(60));
        });
        yield* awaited(timeout(10, waiting));
      }),
    );
    yield* awaited(sleep(1));
    task.cancel("outside");
    const error = yield* failureOf(task);
    expect([error instanceof CancelledError, (error as CancelledError).reason]).toEqual([true, "outside"]);
    expect([scope?.expired(), task.cancelled()]).toEqual([false, true]);
  });

  eachEngine("[66] is outdone by a cancellation that comes during the cleanup", function* ({ body }) {
    let scope: Timeout | undefined;
    const task = createTask(
      body(function* () {
        const cleaning = body(function* (entered: Timeout) {
          scope = entered;
          try {
            yield* awaited(sleep(60));
          } finally {
            yield* awaited(sleep(60));
          }
        });
        yield* awaited(timeout(1, cleaning));
      }),
    );
    yield* awaited(sleep(2));
    task.cancel();
    expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
    expect([scope?.expired(), task.cancelled(), task.cancelling()]).toEqual([true, true, 1]);
  });

  eachEngine("[67] lets the body's own error win, with a TimeoutError among its causes", function* ({ body }) {
    const own = new RangeError("own", { cause: "a value" });
    const crashing = body(function* () {
      try {
        yield* awaited(sleep(60));
      } catch (error) {
        throw new RangeError("own", { cause: new Error("between", { cause: error }) });
      }
    });
    const error = yield* failureOf(timeout(1, crashing));
    expect([...causesOf(error)]).toEqual([RangeError, Error, TimeoutError, CancelledError]);
    const timedOut = ((error as Error).cause as Error).cause as Error;
    expect(timedOut.message).toBe("timeout() timed out after 1 s");

    const unrelated = body(function* () {
      yield* failureOf(sleep(60));
      throw own;
    });
    expect(yield* failureOf(timeout(1, unrelated))).toBe(own);
    expect([own.cause, currentTask()?.cancelling()]).toEqual(["a value", 0]);
  });

  eachEngine("[67] leaves the causes of an error alone that came in time", function* ({ body }) {
    const failing = body(function* () {
      const cancelled = new Future<void>();
      cancelled.cancel();
      throw new RangeError("own", { cause: yield* failureOf(cancelled) });
    });
    expect([...causesOf(yield* failureOf(timeout(1, failing)))]).toEqual([RangeError, CancelledError]);
  });

  eachEngine("[67] leaves the causes alone if there is a cancellation from outside", function* ({ body }) {
    const task = createTask(
      body(function* () {
        const crashing = body(function* () {
          const cause = yield* failureOf(sleep(60));
          task.cancel();
          throw new RangeError("own", { cause });
        });
        yield* awaited(timeout(1, crashing));
      }),
    ) as Task<unknown>;
    expect([...causesOf(yield* failureOf(task))]).toEqual([RangeError, CancelledError]);
  });

  eachEngine("[68] works in the cleanup of a cancelled task", function* ({ loop, body }) {
    const seen: unknown[] = [];
    const task = createTask(
      body(function* () {
        yield* failureOf(sleep(60));
        seen.push(yield* failureOf(timeout(1, () => sleep(60))));
        seen.push(task.cancelling(), loop.time());
      }),
    ) as Task<unknown>;
    yield* awaited(sleep(0));
    task.cancel();
    yield* awaited(task);
    expect([seen[0] instanceof TimeoutError, ...seen.slice(1)]).toEqual([true, 1, 1]);
  });

  eachEngine("[68] lets a second cancellation win in the cleanup of a cancelled task", function* ({ body }) {
    const task = createTask(
      body(function* () {
        yield* failureOf(sleep(60));
        const again = body(function* (scope: Timeout) {
          task.cancel();
          const error = yield* failureOf(sleep(2));
          return [error instanceof CancelledError, scope.expired()];
        });
        return yield* awaited(timeout(1, again));
      }),
    ) as Task<unknown>;
    yield* awaited(sleep(0));
    task.cancel();
    expect(yield* awaited(task)).toEqual([true, false]);
  });

  eachEngine("[69] can be rescheduled: later, sooner, to the past, and to never", function* ({ loop, body }) {
    const until = (when: (now: number) => number | null) =>
      body(function* (scope: Timeout) {
        yield* awaited(sleep(1));
        scope.reschedule(when(loop.time()));
        expect([scope.when(), liveTimers(loop)]).toEqual([
          when(loop.time()),
          Number((when(loop.time()) ?? 0) > loop.time()),
        ]);
        yield* awaited(sleep(30));
      });
    for (const [when, message] of [
      [(now: number) => now + 8, "timeout() timed out after 9 s"],
      [(now: number) => now + 0.5, "timeout() timed out after 1.5 s"],
      [(now: number) => now - 0.5, "timeout() timed out after 0.5 s"],
    ] as const) {
      const error = yield* failureOf(timeout(5, until(when)));
      expect((error as Error).message).toBe(message);
    }
    yield* awaited(
      timeout(
        5,
        until(() => null),
      ),
    );
    expect(liveTimers(loop)).toBe(0);
  });

  eachEngine("[69] [70] tells its state, and can be rescheduled only while it is active", function* ({ body }) {
    const shown: string[] = [];
    let expired: Timeout | undefined;
    const swallowing = body(function* (scope: Timeout) {
      expired = scope;
      shown.push(String(scope));
      expect(yield* failureOf(sleep(60))).toBeInstanceOf(CancelledError);
      shown.push(String(scope));
      expect(() => scope.reschedule(5)).toThrow("Cannot reschedule a timeout that is expiring");
      expect(scope.expired()).toBe(true);
      return "value";
    });
    expect(yield* awaited(timeout(1.23456, swallowing))).toBe("value");
    shown.push(String(expired));
    expect(() => expired?.reschedule(5)).toThrow("Cannot reschedule a timeout that is expired");
    expect([expired?.expired(), currentTask()?.cancelling()]).toEqual([true, 0]);

    const quick = body(function* (scope: Timeout) {
      shown.push(String(scope));
      return scope;
    });
    const finished = (yield* awaited(timeout(null, quick))) as Timeout;
    shown.push(String(finished));
    expect(() => finished.reschedule(null)).toThrow("Cannot reschedule a timeout that is finished");
    expect(shown).toEqual([
      "<Timeout [active] when=1.235>",
      "<Timeout [expiring]>",
      "<Timeout [expired]>",
      "<Timeout [active] when=null>",
      "<Timeout [finished]>",
    ]);
  });

  eachEngine("[71] puts the errors of a group inside of it into one group, and explains them", function* ({ body }) {
    const crash = body(function* () {
      try {
        yield* awaited(sleep(60));
      } catch (cause) {
        throw new RangeError("cleanup", { cause });
      }
    });
    const grouping = body(function* () {
      const inGroup = body(function* (group: { createTask(work: typeof crash): unknown }) {
        group.createTask(crash);
        yield* awaited(sleep(60));
      });
      yield* awaited(taskGroup(inGroup));
    });
    const error = (yield* failureOf(timeout(1, grouping))) as ExceptionGroup;
    expect(error).toBeInstanceOf(ExceptionGroup);
    expect(error.errors.map((each) => [...causesOf(each)])).toEqual([[RangeError, TimeoutError, CancelledError]]);
  });

  eachEngine("[72] leaves the task done, not cancelled", function* ({ body }) {
    const task = createTask(
      body(function* () {
        expect(yield* failureOf(timeout(1, () => sleep(60)))).toBeInstanceOf(TimeoutError);
      }),
    );
    yield* awaited(task);
    expect([task.done(), task.cancelled()]).toEqual([true, false]);
  });

  eachEngine("keeps what is done in the same turn in its future", function* ({ loop }) {
    const future = new Future<string>();
    loop.callAt(1, () => future.setResult("kept"));
    expect(yield* failureOf(timeout(1, () => future))).toBeInstanceOf(TimeoutError);
    expect(future.result()).toBe("kept");
  });

  eachEngine("throws the reason of its signal, which outdoes the timeout", function* ({ loop, body }) {
    for (const delay of [5, 1]) {
      const controller = new AbortController();
      const reason = new Error("enough");
      loop.callLater(1, () => controller.abort(reason));
      const late = body(function* () {
        yield* awaited(sleep(60));
      });
      expect(yield* failureOf(timeout(delay, late, { signal: controller.signal }))).toBe(reason);
      expect([getEventListeners(controller.signal, "abort").length, liveTimers(loop)]).toEqual([0, 0]);
    }
    let hasBegun = false;
    const never = body(function* () {
      hasBegun = true;
    });
    expect(yield* failureOf(timeout(1, never, { signal: AbortSignal.abort("before") }))).toBe("before");
    expect([hasBegun, liveTimers(loop)]).toEqual([false, 0]);
  });

  eachEngine("refuses at the call what makes no sense", function* () {
    const nothing = async (): Promise<void> => {};
    for (const limited of [timeout, timeoutAt]) {
      expect(() => limited(Number.NaN, nothing)).toThrow(RangeError);
      expect(() => limited("1" as never, nothing)).toThrow(TypeError);
      expect(() => limited(undefined as never, nothing)).toThrow("in seconds, or null, not undefined");
      expect(() => limited(1, 5 as never)).toThrow(`${limited.name}() needs a function`);
      expect(() => limited(1, nothing, { signal: {} as never })).toThrow(`${limited.name}() needs an AbortSignal`);
      expect(() => limited(1, nothing, 5 as never)).toThrow(`${limited.name}() needs an object of options`);
    }
    const rescheduling = async (scope: Timeout): Promise<void> => {
      expect(() => scope.reschedule(Number.NaN)).toThrow(RangeError);
      expect(() => scope.reschedule(undefined as never)).toThrow(TypeError);
      expect(scope.when()).toBe(1);
    };
    yield* awaited(timeout(1, rescheduling));
  });

  test("is refused outside of a running loop", () => {
    expect(() => timeout(1, () => sleep(1))).toThrow("no running event loop");
  });
});

test("timeout() takes back what it could not deliver, also in the cleanup of a cancelled task", async () => {
  await runVirtual(async (loop) => {
    const log: string[] = [];
    const task = createTask(async () => {
      try {
        await sleep(60);
      } finally {
        const foreign = new Promise<void>((resolve) => loop.callLater(5, resolve));
        await timeout(1, async () => await foreign);
        await sleep(1);
        log.push("cleaned up");
      }
    });
    await sleep(1);
    task.cancel();
    await sleep(20);
    expect(log).toEqual(["cleaned up"]);
  });
});
