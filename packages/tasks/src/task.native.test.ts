import { type Ordered, ordered } from "@asyncio-ts/core/testing";
import { describe, expect, test } from "vitest";
import { coroutine } from "./coroutine.ts";
import { createTask } from "./create-task.ts";
import { currentTask } from "./current-task.ts";
import { ensureFuture } from "./ensure-future.ts";
import { CancelledError } from "./errors.ts";
import { Future } from "./future.ts";
import { sleep } from "./sleep.ts";
import type { GeneratorBody } from "./suspension.ts";
import type { Task } from "./task.ts";
import { runVirtual, type VirtualLoop } from "./testing/index.ts";

/** A promise that is none of ours, and cannot be cancelled. */
function foreign(loop: VirtualLoop, delay: number): Promise<void> {
  return new Promise((resolve) => loop.callLater(delay, resolve));
}

async function failureOf(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("A failure was expected");
}

describe("plain nested async calls", () => {
  test("run in the task of their caller, which cancels them at any depth", async () => {
    const order = ordered();
    await runVirtual(async () => {
      const innermost = async (): Promise<void> => {
        try {
          expect(currentTask() === task).toBe(true);
          order.step(1);
          await sleep(10);
        } finally {
          order.step(3);
          await sleep(0);
          order.step(4);
        }
      };
      const middle = async (): Promise<void> => {
        try {
          await innermost();
        } finally {
          order.step(5);
        }
      };
      const task: Task<void> = createTask(async () => {
        try {
          await middle();
        } finally {
          order.step(6);
        }
      });
      await sleep(1);
      order.step(2);
      task.cancel("three levels down");
      expect(await failureOf(task)).toMatchObject({ name: "CancelledError", message: "three levels down" });
      order.finish(7);
    });
  });

  test("may catch the cancellation at any level, so that the task goes on", async () => {
    await runVirtual(async () => {
      const task = createTask(async () => {
        const inner = async (): Promise<string> => {
          try {
            return await sleep(10, "slept");
          } catch {
            return "caught inside";
          }
        };
        return `${await inner()}, ${await sleep(1, "went on")}`;
      });
      await sleep(1);
      task.cancel();
      expect(await task).toBe("caught inside, went on");
    });
  });

  test("that were started before and are awaited later are reached as well", async () => {
    await runVirtual(async () => {
      const task = createTask(async () => {
        const slow = (async () => await sleep(10))();
        const quick = (async () => await sleep(1))();
        await quick;
        await slow;
      });
      await sleep(2);
      task.cancel();
      expect(await failureOf(task)).toBeInstanceOf(CancelledError);
    });
  });
});

describe("Promise.all() and the like over awaits of ours", () => {
  test("a cancel reaches all of them, in the same call", async () => {
    await runVirtual(async (loop) => {
      const futures = [new Future<void>(), new Future<void>(), new Future<void>()];
      const inner = createTask(() => sleep(10));
      const task = createTask(async () => {
        await Promise.all([...futures, inner, sleep(10), (async () => await sleep(10))()]);
      });
      await sleep(1);
      task.cancel("all of them");
      expect(futures.map((future) => future.cancelled())).toEqual([true, true, true]);
      expect(await failureOf(task)).toMatchObject({ message: "all of them" });
      expect(inner.cancelled()).toBe(true);
      expect(loop.time()).toBe(1);
      await sleep(0);
      const { timers, cancelledTimers } = loop.statistics();
      expect(timers - cancelledTimers).toBe(0);
    });
  });

  test("a cancel of itself is delivered by the first of them, and not once more", async () => {
    await runVirtual(async () => {
      const task = createTask(async () => {
        current().cancel("myself");
        const failure = await failureOf(Promise.all([sleep(10), sleep(20)]));
        return `${String(failure)}; ${await sleep(1, "went on")}`;
      });
      expect(await task).toBe("CancelledError: myself; went on");
    });
  });

  test("Promise.all() fails with the first error, and the others go on", async () => {
    await runVirtual(async () => {
      const log: string[] = [];
      const branch = async (delay: number, fails: boolean): Promise<void> => {
        await sleep(delay);
        log.push(`${delay}`);
        if (fails) throw new RangeError("boom");
      };
      expect(await failureOf(Promise.all([branch(1, false), branch(2, true), branch(3, false)]))).toEqual(
        new RangeError("boom"),
      );
      await sleep(5);
      expect(log).toEqual(["1", "2", "3"]);
    });
  });

  test("Promise.allSettled() shows the cancellation of each, and the task goes on", async () => {
    await runVirtual(async () => {
      const task = createTask(async () => {
        const outcomes = await Promise.allSettled([sleep(10), sleep(20)]);
        await sleep(1);
        return outcomes.map((outcome) => outcome.status);
      });
      await sleep(0);
      task.cancel();
      expect(await task).toEqual(["rejected", "rejected"]);
    });
  });

  test("the loser of a Promise.race() goes on, and nobody minds its error", async () => {
    await runVirtual(async () => {
      const log: string[] = [];
      const loser = async (): Promise<void> => {
        await sleep(2);
        log.push("the loser has ended");
        throw new Error("nobody minds");
      };
      await Promise.race([sleep(1), loser()]);
      expect(log).toEqual([]);
      await sleep(5);
      expect(log).toEqual(["the loser has ended"]);
    });
  });

  test("the loser of a Promise.race() is cancelled along with what the task awaits now", async () => {
    await runVirtual(async () => {
      const losing = new Future<void>();
      const task = createTask(async () => {
        await Promise.race([sleep(1), losing]);
        await sleep(10);
      });
      await sleep(2);
      expect(task.waitingOn()).toHaveLength(2);
      task.cancel();
      expect(losing.cancelled()).toBe(true);
      expect(await failureOf(task)).toBeInstanceOf(CancelledError);
    });
  });

  test("the loser of a Promise.race() does not keep a cancel of itself from the task", async () => {
    await runVirtual(async (loop) => {
      const atTheEnd = createTask(async () => {
        await Promise.race([sleep(1), sleep(100)]);
        current().cancel();
        return "must not be seen";
      });
      expect(await failureOf(atTheEnd)).toBeInstanceOf(CancelledError);

      const beforeAnAwait = createTask(async () => {
        await Promise.race([sleep(1), sleep(100)]);
        current().cancel();
        await sleep(10);
      });
      expect(await failureOf(beforeAnAwait)).toBeInstanceOf(CancelledError);
      expect(loop.time()).toBe(2);
    });
  });

  test("a cancel of itself in one branch reaches the other, and not what comes after", async () => {
    await runVirtual(async (loop) => {
      const task = createTask(async () => {
        const sibling = failureOf(sleep(10));
        await Promise.all([(async () => void current().cancel("by a branch"))(), sibling]);
        await sleep(1);
        return await sibling;
      });
      expect(await task).toMatchObject({ message: "by a branch" });
      expect(loop.time()).toBe(1);
    });
  });
});

describe("a cancel that finds the task in a foreign await", () => {
  test("stays pending, and is delivered at the next await of ours", async () => {
    await runVirtual(async (loop) => {
      const log: unknown[] = [];
      const task = createTask(async () => {
        await foreign(loop, 5);
        log.push(`woke at ${loop.time()}`);
        log.push(await failureOf(sleep(10)));
        await sleep(1);
        return "went on";
      });
      await sleep(1);
      expect(task.cancel("in the meantime")).toBe(true);
      expect(await task).toBe("went on");
      expect(log).toEqual(["woke at 5", expect.objectContaining({ message: "in the meantime" })]);
      expect(loop.time()).toBe(6);
    });
  });

  test("is delivered by sleep(0) and by a pending future, not by a done one", async () => {
    await runVirtual(async (loop) => {
      const done = new Future<string>();
      done.setResult("done");
      for (const next of [() => sleep(0), () => new Future<void>(), () => createTask(() => sleep(5))]) {
        const task = createTask(async () => {
          await foreign(loop, 2);
          expect(await done).toBe("done");
          await next();
        });
        await sleep(1);
        task.cancel();
        expect(await failureOf(task)).toBeInstanceOf(CancelledError);
      }
    });
  });

  test("ends the task as cancelled, if it returns without another await", async () => {
    await runVirtual(async (loop) => {
      const task = createTask(async () => {
        await foreign(loop, 2);
        return "dropped";
      });
      await sleep(1);
      task.cancel("at the end");
      expect(await failureOf(task)).toMatchObject({ name: "CancelledError", message: "at the end" });
      expect(loop.time()).toBe(2);
    });
  });

  test("is withdrawn by uncancel()", async () => {
    await runVirtual(async (loop) => {
      const task = createTask(async () => {
        await foreign(loop, 2);
        return await sleep(1, "undisturbed");
      });
      await sleep(1);
      task.cancel();
      expect(task.uncancel()).toBe(0);
      expect(await task).toBe("undisturbed");
    });
  });

  test("does not hide what the foreign promise fails with", async () => {
    await runVirtual(async (loop) => {
      const task = createTask(async () => {
        await new Promise((_, reject) => loop.callLater(2, () => reject(new RangeError("boom"))));
      });
      await sleep(1);
      task.cancel();
      expect(await failureOf(task)).toEqual(new RangeError("boom"));
    });
  });

  test("is delivered at once, if the promise was wrapped by ensureFuture()", async () => {
    await runVirtual(async (loop) => {
      const task = createTask(async () => await ensureFuture(foreign(loop, 50)));
      await sleep(1);
      task.cancel();
      expect(await failureOf(task)).toBeInstanceOf(CancelledError);
      expect(loop.time()).toBe(1);
    });
  });

  test("is delivered after a native body that a generator awaits, at the generator's next await", async () => {
    await runVirtual(async (loop) => {
      const native = coroutine(async () => {
        await foreign(loop, 2);
        return "native ended";
      });
      const log: unknown[] = [];
      const task = createTask(function* () {
        log.push(yield* native());
        yield* sleep(10);
      });
      await sleep(1);
      task.cancel();
      expect(await failureOf(task)).toBeInstanceOf(CancelledError);
      expect([log, loop.time()]).toEqual([["native ended"], 2]);
    });
  });
});

describe("native and generator bodies that nest", () => {
  /** Five levels, each of the kind that its letter says; the innermost waits for `future`. */
  function nested(
    kinds: string,
    order: Ordered,
    future: Future<string>,
  ): () => GeneratorBody<string> | Promise<string> {
    if (kinds === "") {
      return async () => await future;
    }
    const depth = 6 - kinds.length;
    const inner = coroutine(nested(kinds.slice(1), order, future));
    if (kinds[0] === "n") {
      return async () => {
        try {
          order.step(depth);
          return `n${await inner()}`;
        } finally {
          await sleep(0);
          order.step(12 - depth);
        }
      };
    }
    return function* () {
      try {
        order.step(depth);
        return `g${yield* inner()}`;
      } finally {
        yield* sleep(0);
        order.step(12 - depth);
      }
    };
  }

  for (const kinds of ["ngngn", "gngng", "nnnnn", "ggggg", "nnggg", "ggnnn"]) {
    test(`${kinds.split("").join(" in ")}: the value comes out, through the finally blocks in order`, async () => {
      await runVirtual(async (loop) => {
        const order = ordered();
        const future = new Future<string>();
        const task = createTask(nested(kinds, order, future));
        await sleep(0);
        order.step(6);
        expect(task.waitingOn()[0] === future).toBe(true);
        const { turns } = loop.statistics();
        future.setResult("!");
        expect(await task).toBe(`${kinds}!`);
        expect(loop.statistics().turns - turns).toBe(7); // a turn for the value, five of cleanup, one to hear of the end
        order.finish(12);
      });
    });

    test(`${kinds.split("").join(" in ")}: a cancel reaches the innermost wait and unwinds outward`, async () => {
      await runVirtual(async () => {
        const order = ordered();
        const future = new Future<string>();
        const task = createTask(nested(kinds, order, future));
        await sleep(0);
        order.step(6);
        task.cancel("from the top");
        expect(future.cancelled()).toBe(true);
        expect(await failureOf(task)).toMatchObject({ message: "from the top" });
        expect(task.cancelled()).toBe(true);
        order.finish(12);
      });
    });
  }

  test("a generator coroutine that is awaited natively belongs to the awaiting task", async () => {
    const who = coroutine(function* () {
      const before = currentTask();
      yield* sleep(1);
      return [before, currentTask()];
    });
    await runVirtual(async () => {
      const task: Task<unknown[]> = createTask(async () => await who());
      const [before, after] = await task;
      expect([before === task, after === task]).toEqual([true, true]);
    });
  });

  test("a native body inside a generator task belongs to that task", async () => {
    const who = coroutine(async () => {
      const before = currentTask();
      await sleep(1);
      return [before, currentTask()];
    });
    await runVirtual(function* () {
      const task: Task<unknown[]> = createTask(function* () {
        return yield* who();
      });
      const [before, after] = yield* task;
      expect([before === task, after === task]).toEqual([true, true]);
    });
  });

  test("errors keep their identity through all kinds of nesting", async () => {
    const error = new RangeError("boom");
    await runVirtual(async () => {
      for (const kinds of ["ngngn", "gngng"]) {
        const future = new Future<string>();
        const task = createTask(nested(kinds, ordered(), future));
        await sleep(0);
        future.setException(error);
        const failing = failureOf(task);
        // `ordered()` complains in the finally blocks, since step 6 was left out: the last complaint wins.
        expect(await failing).toMatchObject({ message: expect.stringContaining("was taken after step") });
      }
      const plain = coroutine(async (): Promise<never> => {
        await sleep(0);
        throw error;
      });
      const generator = coroutine(function* (): GeneratorBody<never> {
        return yield* plain();
      });
      expect(await failureOf(generator())).toBe(error);
      expect(await failureOf(createTask(generator()))).toBe(error);
    });
  });
});

function current(): Task<unknown> {
  const task = currentTask();
  if (task === null) throw new Error("No task is running");
  return task;
}
