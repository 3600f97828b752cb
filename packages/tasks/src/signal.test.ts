import { EventEmitter, once } from "node:events";
import { setTimeout as sleepOfNode } from "node:timers/promises";
import { RuntimeError } from "@asyncio-ts/contextvars";
import { describe, expect, test, vi } from "vitest";
import { coroutine } from "./coroutine.ts";
import { createTask } from "./create-task.ts";
import { ensureFuture } from "./ensure-future.ts";
import { CancelledError } from "./errors.ts";
import { signal } from "./signal.ts";
import { sleep } from "./sleep.ts";
import { runVirtual } from "./testing/index.ts";

/** Rejects with the reason of the signal, as `fetch()` does. */
function fetchLike(abort: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (abort.aborted) reject(abort.reason);
    abort.addEventListener("abort", () => reject(abort.reason));
  });
}

async function failureOf(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("A failure was expected");
}

describe("signal()", () => {
  test("a cancel aborts what was given the signal, with the CancelledError as its reason", async () => {
    await runVirtual(async (loop) => {
      const caught: unknown[] = [];
      const task = createTask(async () => {
        try {
          await fetchLike(signal());
        } catch (error) {
          caught.push(error);
          throw error;
        }
      });
      await sleep(1);
      task.cancel("enough");
      expect(await failureOf(task)).toBe(caught[0]);
      expect(caught[0]).toBeInstanceOf(CancelledError);
      expect(caught[0]).toMatchObject({ message: "enough", reason: "enough" });
      expect([task.cancelled(), task.cancelling(), loop.time()]).toEqual([true, 1, 1]);
    });
  });

  test("a cancel that a signal has delivered is not thrown again by the cleanup", async () => {
    await runVirtual(async (loop) => {
      const task = createTask(async () => {
        try {
          await fetchLike(signal());
        } finally {
          await sleep(1);
          await sleep(0);
          await createTask(() => sleep(1));
        }
      });
      await sleep(1);
      task.cancel();
      expect(await failureOf(task)).toBeInstanceOf(CancelledError);
      expect(loop.time()).toBe(3);
    });
  });

  test("a cancel that a signal has delivered may be caught, and a later one is delivered again", async () => {
    await runVirtual(async () => {
      const task = createTask(async () => {
        const messages: string[] = [];
        for (let i = 0; i < 3; i++) messages.push(((await failureOf(fetchLike(signal()))) as Error).message);
        return messages;
      });
      for (const message of ["first", "second", "third"]) {
        await sleep(1);
        task.cancel(message);
      }
      expect(await task).toEqual(["first", "second", "third"]);
      expect(task.cancelling()).toBe(3);
    });
  });

  test("a cancel stays pending, if nobody listens to the signal", async () => {
    await runVirtual(async (loop) => {
      const task = createTask(async () => {
        signal();
        await new Promise<void>((resolve) => loop.callLater(5, resolve));
        expect(await failureOf(sleep(10))).toMatchObject({ message: "kept" });
        return "went on";
      });
      await sleep(1);
      task.cancel("kept");
      expect(await task).toBe("went on");
      expect(loop.time()).toBe(5);
    });
  });

  test("a cancel stays pending, if whoever listens does not take the reason", async () => {
    await runVirtual(async (loop) => {
      let aborted = 0;
      const task = createTask(async () => {
        signal().addEventListener("abort", () => void aborted++);
        await new Promise<void>((resolve) => loop.callLater(5, resolve));
        await sleep(10);
      });
      await sleep(1);
      task.cancel("kept");
      expect(aborted).toBe(1);
      expect(await failureOf(task)).toMatchObject({ message: "kept" });
      expect(loop.time()).toBe(5);
    });
  });

  test("a cancel of a task in an await of ours aborts the signal too, and is delivered once", async () => {
    await runVirtual(async (loop) => {
      const reasons: unknown[] = [];
      const task = createTask(async () => {
        const abort = signal();
        abort.addEventListener("abort", () => reasons.push(abort.reason));
        expect(await failureOf(sleep(10))).toMatchObject({ message: "both" });
        await sleep(1);
        return abort.aborted;
      });
      await sleep(1);
      task.cancel("both");
      expect(await task).toBe(true);
      expect(reasons).toMatchObject([{ name: "CancelledError", message: "both" }]);
      expect(loop.time()).toBe(2);
    });
  });

  test("a race of ours and a signal's ends with one cancellation", async () => {
    await runVirtual(async (loop) => {
      const task = createTask(async () => {
        expect(await failureOf(Promise.race([sleep(10), fetchLike(signal())]))).toBeInstanceOf(CancelledError);
        return await sleep(1, "cleaned up");
      });
      await sleep(1);
      task.cancel();
      expect(await task).toBe("cleaned up");
      expect(loop.time()).toBe(2);
    });
  });

  test("the signal is the same until it is aborted, then there is a new one", async () => {
    await runVirtual(async () => {
      const task = createTask(async () => {
        const first = signal();
        expect(signal()).toBe(first);
        await failureOf(sleep(10));
        const second = signal();
        return [first === second, first.aborted, second.aborted];
      });
      await sleep(0);
      task.cancel();
      expect(await task).toEqual([false, true, false]);
    });
  });

  test("two tasks have signals of their own", async () => {
    await runVirtual(async () => {
      const signals: AbortSignal[] = [];
      const work = async (): Promise<void> => {
        signals.push(signal());
        await sleep(10);
      };
      const [one, other] = [createTask(work), createTask(work)];
      await sleep(0);
      one.cancel();
      expect(signals.map((each) => each.aborted)).toEqual([true, false]);
      other.cancel();
      await Promise.allSettled([one, other]);
    });
  });

  test("the reason is there before the cancel as well: undefined", async () => {
    await runVirtual(async () => {
      expect([signal().aborted, signal().reason]).toEqual([false, undefined]);
    });
  });

  for (const [name, wait] of [
    [
      "setTimeout() of node:timers/promises",
      (abort: AbortSignal) => sleepOfNode(3_600_000, undefined, { signal: abort }),
    ],
    ["once() of node:events", (abort: AbortSignal) => once(new EventEmitter(), "never", { signal: abort })],
  ] as const) {
    test(`${name} that is aborted by it ends the task as cancelled, though it throws an AbortError`, async () => {
      await runVirtual(async (loop) => {
        const names: string[] = [];
        const task = createTask(async () => {
          try {
            await wait(signal());
          } catch (error) {
            names.push((error as Error).name);
            await sleep(1); // the cleanup is not cancelled once more
            throw error;
          }
        });
        await sleep(1);
        task.cancel("of Node");
        const error = await failureOf(task);
        expect(error).toBeInstanceOf(CancelledError);
        expect(error).toMatchObject({ message: "of Node" });
        expect([task.cancelled(), names, loop.time()]).toEqual([true, ["AbortError"], 2]);
      });
    });
  }

  test("AbortSignal.any() of it delivers the cancellation once: cleanup may await", async () => {
    await runVirtual(async (loop) => {
      const caught: unknown[] = [];
      const task = createTask(async () => {
        const either = AbortSignal.any([signal(), new AbortController().signal]);
        caught.push(await failureOf(fetchLike(either)));
        await sleep(10);
      });
      await sleep(1);
      task.cancel("either");
      await task;
      expect(caught).toMatchObject([{ message: "either" }]);
      expect([task.cancelling(), loop.time()]).toEqual([1, 11]);
    });
  });

  test("AbortSignal.any() of it that nobody listens to keeps the cancellation for the next await of ours", async () => {
    await runVirtual(async () => {
      let release = (): void => {};
      const foreign = new Promise<void>((resolve) => {
        release = resolve;
      });
      const task = createTask(async () => {
        AbortSignal.any([signal()]);
        await foreign;
        await sleep(10);
      });
      await sleep(1);
      task.cancel("unheard");
      await sleep(1);
      release();
      expect(await failureOf(task)).toMatchObject({ message: "unheard" });
    });
  });

  test("Promise.any() of nothing but cancelled awaits ends the task as cancelled", async () => {
    await runVirtual(async () => {
      const task = createTask(async () => await Promise.any([sleep(10), sleep(20)]));
      await sleep(1);
      task.cancel("all of them");
      expect(await failureOf(task)).toMatchObject({ message: "all of them" });
      expect(task.cancelled()).toBe(true);
    });
  });

  test("an AbortError that no cancellation has caused is an error as any other", async () => {
    await runVirtual(async () => {
      const controller = new AbortController();
      const task = createTask(async () => await sleepOfNode(3_600_000, undefined, { signal: controller.signal }));
      await sleep(0);
      controller.abort();
      expect(await failureOf(task)).toMatchObject({ name: "AbortError" });
      expect(task.cancelled()).toBe(false);
    });
  });

  test("in a generator it aborts what ensureFuture() wraps, in silence", async () => {
    const unhandled = vi.fn<() => void>();
    process.on("unhandledRejection", unhandled);
    await runVirtual(function* () {
      let abort: AbortSignal | undefined;
      const task = createTask(function* () {
        abort = signal();
        yield* ensureFuture(fetchLike(abort));
      });
      yield* sleep(1);
      task.cancel();
      yield* sleep(1);
      expect([task.cancelled(), abort?.aborted]).toEqual([true, true]);
    });
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  test("in a native body that a generator awaits it is the signal of that task", async () => {
    const download = coroutine(async () => await fetchLike(signal()));
    await runVirtual(function* () {
      const task = createTask(function* () {
        try {
          return yield* download();
        } catch (error) {
          yield* sleep(1);
          return error;
        }
      });
      yield* sleep(1);
      task.cancel("inside");
      expect(yield* task).toMatchObject({ name: "CancelledError", message: "inside" });
    });
  });

  test("a task that has ended aborts nothing any more", async () => {
    await runVirtual(async () => {
      const signals: AbortSignal[] = [];
      const task = createTask(async () => void signals.push(signal()));
      await task;
      expect(task.cancel()).toBe(false);
      expect(signals[0]?.aborted).toBe(false);
    });
  });

  test("is made for those that ask alone: a controller costs more than a task", async () => {
    const controllers = vi.spyOn(globalThis, "AbortController");
    await runVirtual(async () => {
      const tasks = Array.from({ length: 10 }, () => createTask(async () => await sleep(10)));
      await sleep(0);
      for (const task of tasks) task.cancel();
      await Promise.allSettled(tasks);
      expect(controllers).toHaveBeenCalledTimes(0);
      signal();
      expect(controllers).toHaveBeenCalledTimes(1);
    });
    controllers.mockRestore();
  });

  test("outside of a task is a RuntimeError", async () => {
    expect(() => signal()).toThrow(RuntimeError);
    const errors: unknown[] = [];
    await runVirtual(function* (loop) {
      loop.callSoon(() => {
        try {
          signal();
        } catch (error) {
          errors.push(error);
        }
      });
      yield* sleep(0);
    });
    expect(errors).toMatchObject([
      { name: "RuntimeError", message: "signal() needs a current task; a plain callback has none" },
    ]);
  });
});
