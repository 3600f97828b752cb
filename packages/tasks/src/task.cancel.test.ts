import { RuntimeError } from "@asyncio-ts/contextvars";
import { type Ordered, ordered } from "@asyncio-ts/core/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { coroutine } from "./coroutine.ts";
import { createTask } from "./create-task.ts";
import { currentTask } from "./current-task.ts";
import { CancelledError } from "./errors.ts";
import { Future } from "./future.ts";
import { sleep } from "./sleep.ts";
import type { Task } from "./task.ts";
import { awaited, failureOf, runVirtual, VirtualLoop } from "./testing/index.ts";

function current(): Task<unknown> {
  const task = currentTask();
  if (task === null) throw new Error("No task is running");
  return task;
}

function waitsOnlyFor(task: Task<unknown>, future: Future<never> | Future<void> | Future<number>): boolean {
  const awaited = task.waitingOn();
  return awaited.length === 1 && awaited[0] === future;
}

describe("Task.cancel()", () => {
  eachEngine("[1] cancel() cancels the future that a suspended task waits on, in the same call", function* ({ body }) {
    const future = new Future<void>();
    const task = createTask(
      body(function* () {
        yield* awaited(future);
      }),
    );
    yield* awaited(sleep(0));
    expect(waitsOnlyFor(task, future)).toBe(true);

    expect(task.cancel()).toBe(true);
    expect(future.cancelled()).toBe(true);
    expect(task.done()).toBe(false);

    expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
    expect(task.waitingOn()).toEqual([]);
    expect(task.cancelled()).toBe(true);
  });

  eachEngine("[2] cancel() of a task that catches it and returns leaves a result", function* ({ body }) {
    const first = new Future<void>();
    const second = new Future<void>();
    const task = createTask(
      body(function* () {
        yield* awaited(first);
        const error = yield* failureOf(second);
        return error instanceof CancelledError ? 42 : error;
      }),
    );
    yield* awaited(sleep(0));
    expect(waitsOnlyFor(task, first)).toBe(true);
    first.setResult();
    yield* awaited(sleep(0));
    expect(waitsOnlyFor(task, second)).toBe(true);

    task.cancel();
    expect(second.cancelled()).toBe(true);
    expect(yield* awaited(task)).toBe(42);
    expect(task.cancelled()).toBe(false);
    expect(task.cancelling()).toBe(1);
  });

  eachEngine("[3] cancel() that is caught does not reach what the task waits on next", function* ({ body }) {
    const first = new Future<void>();
    const second = new Future<void>();
    const third = new Future<number>();
    const task = createTask(
      body(function* () {
        yield* awaited(first);
        yield* failureOf(second);
        return yield* awaited(third);
      }),
    );
    yield* awaited(sleep(0));
    first.setResult();
    yield* awaited(sleep(0));
    task.cancel();
    expect(second.cancelled()).toBe(true);
    yield* awaited(sleep(0));
    expect(waitsOnlyFor(task, third)).toBe(true);

    third.setResult(42);
    expect(yield* awaited(task)).toBe(42);
    expect(third.cancelled()).toBe(false);
    expect(task.cancelled()).toBe(false);
  });

  eachEngine("[3] cancel() that is caught leaves every later await alone, of each kind", function* ({ loop, body }) {
    const nested = body(function* () {
      yield* awaited(sleep(1));
      return 1;
    });
    const task = createTask(
      body(function* () {
        yield* failureOf(sleep(100));
        yield* awaited(sleep(0));
        yield* awaited(sleep(1));
        yield* awaited(nested());
        return yield* awaited(createTask(nested));
      }),
    );
    yield* awaited(sleep(0));
    task.cancel();
    expect(yield* awaited(task)).toBe(1);
    expect(loop.time()).toBe(3);
  });

  eachEngine(
    "[4] cancel() of the running task fails its next await at once, and only that",
    function* ({ loop, body }) {
      const errors: unknown[] = [];
      const task = createTask(
        body(function* () {
          current().cancel("by myself");
          errors.push(yield* failureOf(sleep(100)));
          yield* awaited(sleep(1));
          current().cancel();
          yield* awaited(sleep(0));
        }),
      );
      expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
      expect(errors).toMatchObject([{ name: "CancelledError", message: "by myself" }]);
      expect(loop.time()).toBe(1);
      expect(task.cancelled()).toBe(true);
      expect(task.cancel()).toBe(false);
    },
  );

  eachEngine("[4] cancel() of the running task is not delivered by what need not wait", function* ({ body }) {
    const done = new Future<string>();
    done.setResult("there already");
    const immediate = body(function* () {
      return "there at once";
    });
    const task = createTask(
      body(function* () {
        current().cancel();
        const results = [yield* awaited(done), yield* awaited(immediate())];
        yield* failureOf(sleep(0));
        return results;
      }),
    );
    expect(yield* awaited(task)).toEqual(["there already", "there at once"]);
  });

  eachEngine("[5] cancel() as the last act drops the value: the task is cancelled", function* ({ body }) {
    const task = createTask(
      body(function* () {
        current().cancel("at the end");
        return 12;
      }),
    );
    expect(yield* failureOf(task)).toMatchObject({ name: "CancelledError", message: "at the end" });
    expect(task.cancelled()).toBe(true);
    expect(task.cancel()).toBe(false);
  });

  eachEngine("[5] cancel() as the last act does not hide an error", function* ({ body }) {
    const task = createTask(
      body(function* () {
        current().cancel();
        throw new RangeError("kept");
      }),
    );
    expect(yield* failureOf(task)).toEqual(new RangeError("kept"));
    expect(task.cancelled()).toBe(false);
  });

  eachEngine("[6] cancel() of itself reaches the task that is awaited next, and its future", function* ({ body }) {
    const future = new Future<void>();
    let nested: Task<void> | undefined;
    const task = createTask(
      body(function* () {
        nested = createTask(
          body(function* () {
            yield* awaited(future);
          }),
        );
        yield* awaited(sleep(0));
        current().cancel();
        yield* awaited(nested);
      }),
    );
    expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
    expect([task.cancelled(), nested?.cancelled(), future.cancelled()]).toEqual([true, true, true]);
  });

  eachEngine("[6] cancel() of itself that the awaited task swallows is gone", function* ({ body }) {
    const task = createTask(
      body(function* () {
        const stubborn = createTask(
          body(function* () {
            yield* failureOf(sleep(10));
            yield* awaited(sleep(1));
            return "swallowed";
          }),
        );
        yield* awaited(sleep(0));
        current().cancel();
        return `${yield* awaited(stubborn)}, ${yield* awaited(sleep(1, "went on"))}`;
      }),
    );
    expect(yield* awaited(task)).toBe("swallowed, went on");
  });

  eachEngine(
    "[7] cancel() before the first step raises with the message, and the body never runs",
    function* ({ body }) {
      let ran = false;
      const task = createTask(
        body(function* () {
          ran = true;
        }),
      );
      expect(task.cancel("my message")).toBe(true);
      const error = yield* failureOf(task);
      expect(error).toBeInstanceOf(CancelledError);
      expect(error).toMatchObject({ message: "my message", reason: "my message" });
      expect(task.cancelled()).toBe(true);
      expect(ran).toBe(false);
    },
  );

  for (const [given, message, reason] of [
    [[], "", undefined],
    [[undefined], "", undefined],
    [[null], "", undefined],
    [["my message"], "my message", "my message"],
    [[""], "", ""],
    [[5], "5", 5],
    [[0], "0", 0],
  ] as const) {
    eachEngine(`[8] cancel(${given.map(String)}) reaches result(), exception() and the awaiter`, function* ({ body }) {
      const makeCancelled = body(function* (waitFirst: boolean) {
        const task = createTask(
          body(function* () {
            yield* awaited(sleep(10));
          }),
        );
        if (waitFirst) yield* awaited(sleep(0));
        task.cancel(...given);
        yield* awaited(sleep(0));
        yield* awaited(sleep(0));
        return { task };
      });
      for (const waitFirst of [true, false]) {
        for (const read of [(task: Task<void>) => task.result(), (task: Task<void>) => task.exception()]) {
          const { task } = yield* awaited(makeCancelled(waitFirst));
          expect(() => read(task)).toThrow(expect.objectContaining({ name: "CancelledError", message, reason }));
        }
        const { task } = yield* awaited(makeCancelled(waitFirst));
        expect(yield* failureOf(task)).toMatchObject({ name: "CancelledError", message, reason });
      }
    });
  }

  eachEngine("[8] cancel(error) makes it the cause of the CancelledError", function* ({ body }) {
    const reason = new RangeError("the disk is full");
    const task = createTask(body(() => failing(awaited(sleep(10)))));
    yield* awaited(sleep(0));
    task.cancel(reason);
    const error = (yield* failureOf(task)) as CancelledError;
    expect(error).toBeInstanceOf(CancelledError);
    expect(error).toMatchObject({ message: "the disk is full", reason, cause: reason });
  });

  eachEngine("[8] cancel(value) survives a value that cannot be shown as a string", function* ({ body }) {
    const reason: unknown = Object.create(null);
    const task = createTask(
      body(function* () {
        yield* awaited(sleep(10));
      }),
    );
    const unstarted = createTask(
      body(function* () {
        yield* awaited(sleep(10));
      }),
    );
    unstarted.cancel(reason);
    yield* awaited(sleep(0));
    task.cancel(reason);
    expect(((yield* failureOf(task)) as CancelledError).reason).toBe(reason);
    expect(((yield* failureOf(unstarted)) as CancelledError).reason).toBe(reason);
  });

  eachEngine("cancel() ends the task with the very error that the body let through", function* ({ body }) {
    let thrown: unknown;
    const task = createTask(
      body(function* () {
        thrown = yield* failureOf(sleep(10));
        throw thrown;
      }),
    );
    yield* awaited(sleep(0));
    task.cancel("once");
    expect(yield* failureOf(task)).toBe(thrown);
    const later = yield* failureOf(task);
    expect(later).toBeInstanceOf(CancelledError);
    expect(later).not.toBe(thrown);
  });

  eachEngine("[9] cancel() of a live task answers true and is counted each time", function* ({ body }) {
    const task = createTask(
      body(function* () {
        yield* awaited(sleep(10));
      }),
    );
    expect(task.cancelling()).toBe(0);
    expect(String(task)).not.toContain("cancelling");
    expect(task.cancel()).toBe(true);
    expect(task.cancelling()).toBe(1);
    expect(String(task)).toContain("cancelling");
    expect(task.cancel()).toBe(true);
    expect(task.cancelling()).toBe(2);

    expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
    expect(task.cancel()).toBe(false);
    expect(task.cancelling()).toBe(2);
  });

  eachEngine("[9] cancel() twice while suspended throws once", function* ({ body }) {
    const errors: unknown[] = [];
    const task = createTask(
      body(function* () {
        errors.push(yield* failureOf(sleep(10)));
        yield* awaited(sleep(1));
        return "went on";
      }),
    );
    yield* awaited(sleep(0));
    task.cancel("first");
    task.cancel("second");
    // The future took the first; the second found nothing to cancel, and stays to be delivered with the same step.
    expect(yield* awaited(task)).toBe("went on");
    expect(errors).toMatchObject([{ message: "first" }]);
  });

  eachEngine("cancel() after the awaited future has its value loses the value", function* ({ body }) {
    const future = new Future<string>();
    const task = createTask(
      body(function* () {
        return yield* awaited(future);
      }),
    );
    yield* awaited(sleep(0));
    future.setResult("lost");
    task.cancel("too late");
    expect(yield* failureOf(task)).toMatchObject({ name: "CancelledError", message: "too late" });
    expect(future.result()).toBe("lost");
  });

  eachEngine(
    "cancel() after the awaited future has failed takes the place of its error, in silence",
    function* ({ body }) {
      const future = new Future<void>();
      const task = createTask(
        body(function* () {
          yield* awaited(future);
        }),
      );
      yield* awaited(sleep(0));
      future.setException(new Error("counts as read"));
      task.cancel();
      expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
    },
  );

  eachEngine(
    "cancel() after the awaited future has failed with a CancelledError keeps that error",
    function* ({ body }) {
      const future = new Future<void>();
      const task = createTask(
        body(function* () {
          yield* awaited(future);
        }),
      );
      yield* awaited(sleep(0));
      const inner = new CancelledError("inner");
      future.setException(inner);
      task.cancel("outer");
      expect(yield* failureOf(task)).toBe(inner);
    },
  );

  eachEngine("[13] cancel() of both the future and its task cancels the task once", function* ({ body }) {
    const future = new Future<void>();
    const caught: unknown[] = [];
    const task = createTask(
      body(function* () {
        caught.push(yield* failureOf(future));
        yield* awaited(sleep(1));
        throw caught[0];
      }),
    );
    yield* awaited(sleep(0));
    expect([future.cancel("the future"), task.cancel("the task")]).toEqual([true, true]);
    expect(yield* failureOf(task)).toMatchObject({ message: "the future" });
    expect(caught).toHaveLength(1);
    expect(task.cancelled()).toBe(true);
  });

  eachEngine(
    "[13] cancel() of a task whose inner task was just cancelled keeps the very error of that",
    function* (stage) {
      const { body } = stage;
      const inner = createTask(
        body(function* () {
          yield* awaited(sleep(10));
        }),
      );
      let thrown: unknown;
      const outer = createTask(
        body(function* () {
          thrown = yield* failureOf(inner);
          throw thrown;
        }),
      );
      inner.addDoneCallback(() => outer.cancel("too late to be told"));
      yield* awaited(sleep(1));
      inner.cancel("of the inner one");
      expect(yield* failureOf(outer)).toBe(thrown);
      expect(thrown).toMatchObject({ name: "CancelledError", message: "of the inner one" });
      expect(outer.cancelling()).toBe(1);
    },
  );

  eachEngine("[14] cancel() of the inner future by another cancels the task that awaits it", function* ({ body }) {
    const future = new Future<void>();
    const task = createTask(
      body(function* () {
        yield* awaited(future);
      }),
    );
    yield* awaited(sleep(0));
    future.cancel("from elsewhere");
    expect(yield* failureOf(task)).toMatchObject({ name: "CancelledError", message: "from elsewhere" });
    expect(task.cancelled()).toBe(true);
    expect(task.cancelling()).toBe(0);
  });

  eachEngine("[15] cancel() reaches a task that does nothing but sleep(0)", function* ({ body }) {
    let pauses = 0;
    const task = createTask(
      body(function* () {
        for (; pauses < 10; pauses++) yield* awaited(sleep(0));
      }),
    );
    yield* awaited(sleep(0));
    expect(task.cancel("enough")).toBe(true);
    expect(yield* failureOf(task)).toMatchObject({ name: "CancelledError", message: "enough" });
    expect(pauses).toBe(0);
    expect(task.cancel()).toBe(false);
  });

  eachEngine("cancel() reaches the innermost of three calls and unwinds outward", function* ({ body }) {
    const order = ordered();
    const level = [3, 2, 1].reduce(
      (inner, depth) =>
        body(function* () {
          order.step(depth);
          yield* unwinding(order, 8 - depth, inner());
        }),
      body(function* () {
        order.step(4);
        yield* awaited(sleep(10));
      }),
    );
    const task = createTask(level);
    yield* awaited(sleep(1));
    task.cancel();
    expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
    order.finish(8);
  });

  eachEngine("cancel() lets each finally block wait for its cleanup", function* ({ loop, body }) {
    const order = ordered();
    const inner = body(function* () {
      try {
        yield* awaited(sleep(100));
      } finally {
        order.step(1);
        yield* awaited(sleep(1));
        order.step(2);
      }
    });
    const task = createTask(
      body(function* () {
        try {
          yield* awaited(inner());
        } finally {
          order.step(3);
          yield* awaited(createTask(() => sleep(1)));
          order.finish(4);
        }
      }),
    );
    yield* awaited(sleep(0));
    task.cancel();
    expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
    expect(loop.time()).toBe(2);
  });

  eachEngine("cancel() during the cleanup of a first cancel interrupts the cleanup", function* ({ loop, body }) {
    const task = createTask(
      body(function* () {
        try {
          yield* awaited(sleep(100));
        } finally {
          yield* awaited(sleep(100));
        }
      }),
    );
    yield* awaited(sleep(1));
    task.cancel("first");
    yield* awaited(sleep(1));
    task.cancel("second");
    expect(yield* failureOf(task)).toMatchObject({ message: "second" });
    expect(loop.time()).toBe(2);
  });

  eachEngine("cancel() reaches through a chain of tasks that wait for each other", function* ({ body }) {
    const future = new Future<void>();
    const make = (inner: PromiseLike<void>): Task<void> =>
      createTask(
        body(function* () {
          yield* awaited(inner);
        }),
      );
    const chain = [make(future)];
    for (let i = 1; i < 1_000; i++) chain.unshift(make(chain[0] as Task<void>));
    yield* awaited(sleep(0));
    yield* awaited(sleep(0));
    (chain[0] as Task<void>).cancel("all of them");
    expect(future.cancelled()).toBe(true);
    expect(yield* failureOf(chain[0] as Task<void>)).toMatchObject({ message: "all of them" });
    expect(chain.every((task) => task.cancelled())).toBe(true);
  });

  eachEngine("cancel() of tasks that wait for each other in a ring ends them all", function* ({ body }) {
    for (const size of [1, 2, 3]) {
      const ring: Task<void>[] = [];
      const waiter = body(function* (number: number) {
        const next = createTask(
          body(function* () {
            yield* awaited(ring[(number + 1) % size] as Task<void>);
          }),
        );
        yield* awaited(next);
      });
      for (let i = 0; i < size; i++) ring.push(createTask(() => waiter(i)));
      yield* awaited(sleep(1));
      expect(ring[0]?.cancel("all round")).toBe(true);
      for (const task of ring) {
        expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
        expect([task.cancelled(), task.cancelling()]).toEqual([true, 1]);
      }
    }
  });

  eachEngine("cancel() of one of two that wait on the same future reaches both", function* ({ body }) {
    const future = new Future<void>();
    const waiter = body(function* () {
      yield* awaited(future);
    });
    const first = createTask(waiter);
    const second = createTask(waiter);
    yield* awaited(sleep(0));
    first.cancel("shared");
    expect(yield* failureOf(first)).toMatchObject({ message: "shared" });
    expect(yield* failureOf(second)).toMatchObject({ message: "shared" });
    expect([first.cancelling(), second.cancelling()]).toEqual([1, 0]);
  });

  eachEngine("a body that throws a CancelledError of its own ends as cancelled", function* ({ body }) {
    const error = new CancelledError("of my own");
    const task = createTask(
      body(function* () {
        throw error;
      }),
    );
    expect(yield* failureOf(task)).toBe(error);
    expect(task.cancelled()).toBe(true);
    expect(task.cancelling()).toBe(0);
  });

  eachEngine("a body that throws another error while it is cancelled fails with that", function* ({ body }) {
    const task = createTask(
      body(function* () {
        yield* failureOf(sleep(10));
        throw new RangeError("in the cleanup");
      }),
    );
    yield* awaited(sleep(0));
    task.cancel();
    expect(yield* failureOf(task)).toEqual(new RangeError("in the cleanup"));
    expect(task.cancelled()).toBe(false);
  });

  test("cancel() before the first step gives up the coroutine, so that it is not reported as never awaited", async () => {
    const neverRuns = coroutine(function* () {
      yield* sleep(1);
    });
    await runVirtual(function* () {
      const begun = neverRuns();
      const task = createTask(begun);
      task.cancel();
      try {
        yield* task;
      } catch {}
      expect(() => begun[Symbol.iterator]()).toThrow(RuntimeError);
    });
  });

  test("cancel() of a task whose loop is closed does no harm", async () => {
    const loop = new VirtualLoop();
    loop.setExceptionHandler(() => {});
    const task = createTask(() => sleep(10), { loop });
    loop.callSoon(() => loop.stop());
    await loop.runForever();
    loop.close();
    expect(task.cancel()).toBe(true);
    expect(task.done()).toBe(false);
  });
});

describe("Task.uncancel()", () => {
  eachEngine("[10] uncancel() to zero lets the task go on, and a later cancel works again", function* ({ body }) {
    const task = createTask(
      body(function* () {
        yield* failureOf(sleep(10));
        current().uncancel();
        yield* awaited(sleep(10));
      }),
    );
    yield* awaited(sleep(0.01));
    expect(task.cancel()).toBe(true);
    expect(task.cancelling()).toBe(1);
    expect(String(task)).toContain("cancelling");
    yield* awaited(sleep(0.01));

    expect(task.cancelling()).toBe(0);
    expect(String(task)).not.toContain("cancelling");
    expect(task.done()).toBe(false);

    expect(task.cancel()).toBe(true);
    expect(task.cancelling()).toBe(1);
    expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
    expect(task.uncancel()).toBe(0);
    expect(task.cancelled()).toBe(true);
  });

  eachEngine("[11] uncancel() to zero withdraws a cancellation that is not yet delivered", function* ({ body }) {
    const future = new Future<void>();
    const task = createTask(
      body(function* () {
        yield* awaited(future);
        return 42;
      }),
    );
    yield* awaited(sleep(0));
    future.setResult();
    task.cancel();
    expect(task.cancelling()).toBe(1);
    expect(task.uncancel()).toBe(0);
    expect(yield* awaited(task)).toBe(42);
  });

  eachEngine("[11] uncancel() with requests left keeps the cancellation", function* ({ body }) {
    const task = createTask(
      body(function* () {
        return 42;
      }),
    );
    task.cancel();
    task.cancel();
    expect(task.uncancel()).toBe(1);
    expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
  });

  eachEngine("uncancel() without a request stays at zero", function* ({ body }) {
    const task = createTask(
      body(function* () {
        return current().uncancel();
      }),
    );
    expect(yield* awaited(task)).toBe(0);
    expect(task.cancelling()).toBe(0);
  });

  eachEngine(
    "[12] uncancel() with a flag, in finally, to zero, for CancelledError alone: a timeout",
    function* (stage) {
      const { loop, body } = stage;
      const block = body(function* (duration: number, limit: number) {
        const task = current();
        let timedOut = false;
        const timer = loop.callLater(limit, () => {
          timedOut = true;
          task.cancel();
        });
        try {
          yield* awaited(sleep(duration));
          return "finished";
        } catch (error) {
          if (timedOut && task.uncancel() === 0 && error instanceof CancelledError) return "timed out";
          throw error;
        } finally {
          timer.cancel();
        }
      });
      const withRest = body(function* (duration: number, limit: number) {
        const outcome = yield* awaited(block(duration, limit));
        yield* awaited(sleep(0));
        return outcome;
      });

      const slow = createTask(() => withRest(10, 0.1));
      expect(yield* awaited(slow)).toBe("timed out");
      expect([slow.cancelling(), loop.time()]).toEqual([0, 0.1]);

      const quick = createTask(() => withRest(0, 10));
      expect(yield* awaited(quick)).toBe("finished");
      expect(quick.cancelling()).toBe(0);

      // An outside cancel in the same turn as the deadline must win.
      const both = createTask(() => withRest(10, 1));
      yield* awaited(sleep(0));
      loop.callLater(1, () => both.cancel("from outside"));
      expect(yield* failureOf(both)).toBeInstanceOf(CancelledError);
      expect(both.cancelling()).toBe(1);
    },
  );
});

function* unwinding(order: Ordered, number: number, inner: PromiseLike<void> | Generator<unknown, void, unknown>) {
  try {
    yield* awaited(inner as PromiseLike<void>);
  } finally {
    order.step(number);
  }
}

function* failing(script: Generator<unknown, void, unknown>) {
  yield* script;
}

test("cancel() goes down a chain of tasks that is longer than the stack is deep", async () => {
  await runVirtual(function* () {
    const links = 50_000;
    let task: Task<unknown> = createTask(sleep(10));
    const innermost = task;
    for (let link = 1; link < links; link++) {
      const awaited = task;
      task = createTask(
        (function* () {
          yield* awaited;
        })(),
      );
    }
    yield* sleep(1);
    task.cancel("all the way");
    const error = yield* failureOfTask(task);
    expect(error).toMatchObject({ message: "all the way" });
    expect([task.cancelled(), task.cancelling(), innermost.cancelled()]).toEqual([true, 1, true]);
  });
});

function* failureOfTask(task: Task<unknown>) {
  try {
    yield* task;
  } catch (error) {
    return error;
  }
  return null;
}

describe("requestCancel()", () => {
  eachEngine("cancels as cancel() does", function* ({ loop }) {
    const task = createTask(() => sleep(60));
    yield* awaited(sleep(1));
    task.requestCancel("why");
    expect(((yield* failureOf(task)) as CancelledError).reason).toBe("why");
    expect([task.cancelling(), loop.time()]).toEqual([1, 1]);
  });

  eachEngine("withdrawn before it is delivered, never was", function* () {
    const task = createTask(() => sleep(1, "done"));
    task.cancel("somebody's");
    const request = task.requestCancel("ours");
    request.withdraw();
    expect(task.cancelling()).toBe(1);
    expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);

    const spared = createTask(() => sleep(1, "done"));
    spared.requestCancel().withdraw();
    expect([yield* awaited(spared), spared.cancelling()]).toEqual(["done", 0]);
  });

  eachEngine("withdrawn after it was delivered, leaves what was requested since", function* ({ body }) {
    const log: unknown[] = [];
    const task = createTask(
      body(function* () {
        log.push(yield* failureOf(sleep(60)));
        task.cancel("again");
        request.withdraw();
        yield* awaited(sleep(60));
      }),
    );
    yield* awaited(sleep(1));
    const request = task.requestCancel("first");
    expect(((yield* failureOf(task)) as CancelledError).reason).toBe("again");
    expect(task.cancelling()).toBe(1);
  });
});
