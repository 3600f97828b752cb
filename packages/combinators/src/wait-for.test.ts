import { getEventListeners } from "node:events";
import { CancelledError, coroutine, createTask, currentTask, Future, sleep, TimeoutError } from "@asyncio-ts/tasks";
import { awaited, failureOf, liveTimers, turnsOf } from "@asyncio-ts/tasks/testing";
import { describe, expect } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { WatchedFuture } from "../test/watched-future.ts";
import { shield } from "./shield.ts";
import { waitFor } from "./wait-for.ts";

describe("waitFor()", () => {
  eachEngine("gives the result of everything that can be awaited", function* ({ body }) {
    const work = body(function* () {
      yield* awaited(sleep(1));
      return 1;
    });
    for (const limit of [5, null]) {
      expect(yield* awaited(waitFor(work, limit))).toBe(1);
      expect(yield* awaited(waitFor(coroutine(work)(), limit))).toBe(1);
      expect(yield* awaited(waitFor(createTask(work), limit))).toBe(1);
      expect(yield* awaited(waitFor(Promise.resolve(1), limit))).toBe(1);
      const generator = (function* () {
        yield* sleep(1);
        return 1;
      })();
      expect(yield* awaited(waitFor(generator, limit))).toBe(1);
    }
  });

  eachEngine("runs coroutines and functions in the current task, and takes no turn", function* ({ loop, body }) {
    const main = currentTask();
    const own = body(function* () {
      return currentTask() === main;
    });
    const turns = yield* turnsOf(
      loop,
      (function* () {
        for (const limit of [5, null]) {
          expect(yield* awaited(waitFor(own, limit))).toBe(true);
          expect(yield* awaited(waitFor(coroutine(own)(), limit))).toBe(true);
        }
      })(),
    );
    expect([turns, liveTimers(loop)]).toEqual([0, 0]);
  });

  eachEngine("counts the time from the moment when it is awaited", function* ({ loop }) {
    const waiting = waitFor(() => sleep(60), 5);
    yield* awaited(sleep(2));
    const error = (yield* failureOf(waiting)) as Error;
    expect([error.message, loop.time()]).toEqual(["waitFor() timed out after 5 s", 7]);
  });

  eachEngine("[55] with no time at all, gives what is done, and takes no turn", function* ({ loop }) {
    const done = new Future<string>();
    done.setResult("done");
    const failed = new Future<string>();
    failed.setException(new Error("own"));
    expect(yield* turnsOf(loop, awaited(waitFor(done, 0)))).toBe(0);
    for (const limit of [0, -1]) {
      expect(yield* awaited(waitFor(done, limit))).toBe("done");
      expect(((yield* failureOf(waitFor(failed, limit))) as Error).message).toBe("own");
    }
  });

  eachEngine("[55] with no time at all, begins nothing", function* ({ body }) {
    let runs = 0;
    const work = body(function* () {
      runs++;
    });
    for (const limit of [0, -1]) {
      expect(yield* failureOf(waitFor(work, limit))).toBeInstanceOf(TimeoutError);
      expect(yield* failureOf(waitFor(coroutine(work)(), limit))).toBeInstanceOf(TimeoutError);
      expect(yield* failureOf(waitFor(new Promise(() => {}), limit))).toBeInstanceOf(TimeoutError);
    }
    expect(runs).toBe(0);
  });

  eachEngine("[55] [56] with no time at all, cancels a task and waits for its end", function* ({ loop, body }) {
    for (const limit of [0, -1]) {
      const log: string[] = [];
      const task = createTask(
        body(function* () {
          try {
            yield* awaited(sleep(60));
          } finally {
            yield* awaited(sleep(3));
            log.push("cleaned up");
          }
        }),
      );
      yield* awaited(sleep(1));
      const started = loop.time();
      const error = (yield* failureOf(waitFor(task, limit))) as Error;
      expect([error.name, error.cause instanceof CancelledError]).toEqual(["TimeoutError", true]);
      expect([log, task.cancelled(), loop.time() - started]).toEqual([["cleaned up"], true, 3]);
    }
  });

  eachEngine("with no time at all, can itself be cancelled though the task refuses", function* ({ loop, body }) {
    const stubborn = createTask(
      body(function* () {
        yield* failureOf(sleep(60));
        yield* failureOf(sleep(60));
        yield* awaited(sleep(10));
        return "value";
      }),
    );
    yield* awaited(sleep(1));
    const waiting = createTask(
      body(function* () {
        yield* awaited(waitFor(stubborn, 0));
      }),
    );
    loop.callLater(1, () => waiting.cancel());
    expect(yield* failureOf(waiting)).toBeInstanceOf(CancelledError);
    expect([loop.time(), stubborn.done()]).toEqual([2, false]);
    stubborn.cancel();
    expect(yield* awaited(stubborn)).toBe("value");
  });

  eachEngine("with no time at all, leaves no waiter behind when it is cancelled itself", function* ({ body }) {
    class Stubborn extends WatchedFuture<void> {
      override cancel(): boolean {
        return true;
      }
    }
    const stubborn = new Stubborn();
    const waiting = createTask(
      body(function* () {
        yield* awaited(waitFor(stubborn, 0));
      }),
    );
    yield* awaited(sleep(0));
    expect(stubborn.waiters.size).toBe(1);
    waiting.cancel();
    expect(yield* failureOf(waiting)).toBeInstanceOf(CancelledError);
    expect(stubborn.waiters.size).toBe(0);
  });

  eachEngine("[56] waits for the end of what it has cancelled", function* ({ loop, body }) {
    for (const asTask of [true, false]) {
      const started = loop.time();
      let hasEnded = false;
      const work = body(function* () {
        try {
          yield* awaited(sleep(60));
        } finally {
          yield* awaited(sleep(5));
          hasEnded = true;
        }
      });
      const error = (yield* failureOf(waitFor(asTask ? createTask(work) : work, 1))) as Error;
      expect([error.name, error.message]).toEqual(["TimeoutError", "waitFor() timed out after 1 s"]);
      expect([error.cause instanceof CancelledError, hasEnded, loop.time() - started]).toEqual([true, true, 6]);
      expect([currentTask()?.cancelling(), liveTimers(loop)]).toEqual([0, 0]);
    }
  });

  eachEngine("[57] gives the value of what refuses to be cancelled", function* ({ body }) {
    const refusing = body(function* () {
      expect(yield* failureOf(sleep(60))).toBeInstanceOf(CancelledError);
      return "after all";
    });
    expect(yield* awaited(waitFor(refusing, 1))).toBe("after all");
    expect(yield* awaited(waitFor(createTask(refusing), 1))).toBe("after all");
    const running = createTask(refusing);
    yield* awaited(sleep(1));
    expect(yield* awaited(waitFor(running, 0))).toBe("after all");
  });

  eachEngine("[58] throws the error that the cleanup has thrown", function* ({ body }) {
    const own = new Error("own");
    const failing = body(function* () {
      yield* failureOf(sleep(60));
      throw own;
    });
    expect(yield* failureOf(waitFor(failing, 1))).toBe(own);
    expect(yield* failureOf(waitFor(createTask(failing), 1))).toBe(own);
    const running = createTask(failing);
    yield* awaited(sleep(1));
    expect(yield* failureOf(waitFor(running, 0))).toBe(own);
  });

  eachEngine("[59] does not swallow a cancellation when the work has ended in the same turn", function* ({ body }) {
    const inner = new Future<string>();
    let hasGoneOn = false;
    const task = createTask(
      body(function* () {
        yield* awaited(waitFor(inner, 100));
        hasGoneOn = true;
      }),
    );
    yield* awaited(sleep(0));
    inner.setResult("done");
    task.cancel();
    expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
    expect([inner.result(), hasGoneOn]).toEqual(["done", false]);
  });

  eachEngine("[60] around a shield, lets the work go on", function* ({ body }) {
    for (const limit of [1, 0]) {
      const task = createTask(
        body(function* () {
          return yield* awaited(sleep(5, "done"));
        }),
      );
      yield* awaited(sleep(0));
      const outer = shield(task);
      expect(yield* failureOf(waitFor(outer, limit))).toBeInstanceOf(TimeoutError);
      expect([task.done(), outer.cancelled()]).toEqual([false, true]);
      expect(yield* awaited(task)).toBe("done");
    }
    expect(yield* awaited(waitFor(shield(sleep(5, "done")), null))).toBe("done");
  });

  eachEngine("[61] cancels what it waits for when it is cancelled", function* ({ loop, body }) {
    for (const limit of [null, 60]) {
      const inner = createTask(() => sleep(1000));
      const task = createTask(
        body(function* () {
          yield* awaited(waitFor(inner, limit));
        }),
      );
      yield* awaited(sleep(1));
      task.cancel();
      expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
      expect([inner.cancelled(), liveTimers(loop)]).toEqual([true, 0]);
    }
  });

  eachEngine("abandons a promise", function* ({ loop }) {
    const promise = new Promise<string>((resolve) => loop.callLater(5, () => resolve("late")));
    expect(yield* failureOf(waitFor(promise, 1))).toBeInstanceOf(TimeoutError);
    expect(loop.time()).toBe(1);
    expect(yield* awaited(promise)).toBe("late");
  });

  eachEngine("throws the reason of its signal once the work has ended", function* ({ loop, body }) {
    for (const limit of [null, 60, 0]) {
      const controller = new AbortController();
      const work = createTask(
        body(function* () {
          try {
            yield* awaited(sleep(1000));
          } finally {
            yield* awaited(sleep(5));
          }
        }),
      );
      yield* awaited(sleep(1));
      loop.callLater(1, () => controller.abort("enough"));
      expect(yield* failureOf(waitFor(work, limit, { signal: controller.signal }))).toBe("enough");
      expect(getEventListeners(controller.signal, "abort")).toEqual([]);
      expect([currentTask()?.cancelling(), liveTimers(loop)]).toEqual([0, limit === 0 ? 1 : 0]);
      expect(yield* failureOf(work)).toBeInstanceOf(CancelledError);
    }
  });

  eachEngine("with a signal that was aborted before, begins nothing and cancels what runs", function* ({ body }) {
    const signal = AbortSignal.abort("before");
    let runs = 0;
    const work = body(function* () {
      runs++;
      yield* awaited(sleep(60));
    });
    const running = createTask(work);
    yield* awaited(sleep(1));
    const call = coroutine(work)();
    for (const aw of [work, call, running]) expect(yield* failureOf(waitFor(aw, 60, { signal }))).toBe("before");
    expect(((yield* failureOf(call)) as Error).message).toContain("Cannot reuse the coroutine");
    const error = yield* failureOf(running);
    expect([(error as CancelledError).reason, runs]).toEqual(["before", 1]);
  });

  eachEngine("refuses at the call what makes no sense, and closes a coroutine that will not run", function* () {
    const call = coroutine(() => sleep(1));
    expect(() => waitFor(5 as never, 1)).toThrow("waitFor() cannot wait for 5");
    expect(() => waitFor(call(), Number.NaN)).toThrow(RangeError);
    expect(() => waitFor(call(), "1" as never)).toThrow('waitFor() needs a timeout in seconds, or null, not "1"');
    expect(() => waitFor(call(), undefined as never)).toThrow(TypeError);
    expect(() => waitFor(call(), 1, { signal: 1 as never })).toThrow("waitFor() needs an AbortSignal");
    const refused = call();
    expect(() => waitFor(refused, Number.NaN)).toThrow(RangeError);
    expect(((yield* failureOf(refused)) as Error).message).toContain("Cannot reuse the coroutine");
  });
});
