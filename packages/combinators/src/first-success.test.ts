import { getEventListeners } from "node:events";
import {
  CancelledError,
  coroutine,
  createTask,
  currentTask,
  eagerTaskFactory,
  Future,
  setTaskFactory,
  sleep,
} from "@asyncio-ts/tasks";
import { awaited, failureOf, runVirtual, VirtualLoop } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { ExceptionGroup } from "./exception-group.ts";
import { firstSuccess } from "./first-success.ts";

function failed(error: unknown): Future<never> {
  const future = new Future<never>();
  future.setException(error);
  return future;
}

describe("firstSuccess()", () => {
  eachEngine("gives the first success, and cancels the others", function* ({ body, loop }) {
    const slow = createTask(() => sleep(10, "slow"));
    const failing = body(function* (): Generator<unknown, string> {
      yield* awaited(sleep(0.5));
      throw new RangeError("failed");
    });
    expect(yield* awaited(firstSuccess([slow, failing, sleep(1, "fast"), () => sleep(2, "late")]))).toBe("fast");
    expect([slow.cancelled(), loop.time()]).toEqual([true, 1]);
  });

  eachEngine("returns when the others have ended, whatever becomes of them", function* ({ body, loop }) {
    const log: string[] = [];
    const cleaningUp = body(function* (): Generator<unknown, string> {
      yield* failureOf(sleep(10));
      yield* awaited(sleep(5));
      log.push(`cleaned up at ${loop.time()}`);
      throw new RangeError("ignored");
    });
    expect(yield* awaited(firstSuccess([cleaningUp, sleep(1, "fast")]))).toBe("fast");
    expect(log).toEqual(["cleaned up at 6"]);
  });

  eachEngine("takes the first in order of two that succeed in one turn", function* () {
    expect(yield* awaited(firstSuccess([sleep(1, "a"), sleep(1, "b")]))).toBe("a");
    const done = new Future<string>();
    done.setResult("done");
    expect(yield* awaited(firstSuccess([sleep(0, "a"), done]))).toBe("done");
  });

  eachEngine("fails with all errors in the order of what was given when nothing succeeds", function* ({ loop }) {
    const errors = [new RangeError("a"), undefined, new TypeError("c")] as const;
    const late = new Future<void>();
    loop.callLater(1, () => late.setException(errors[0]));
    const cancelled = new Future<void>();
    cancelled.cancel("alone");
    const error = yield* failureOf(firstSuccess([late, failed(errors[1]), Promise.reject(errors[2]), cancelled]));
    expect(error).toBeInstanceOf(ExceptionGroup);
    const group = error as ExceptionGroup;
    expect(group.message).toBe("Nothing has succeeded in firstSuccess()");
    expect(group.errors.slice(0, 3)).toEqual(errors);
    expect(group.errors[3]).toMatchObject({ name: "CancelledError", reason: "alone" });
  });

  eachEngine("abandons promises", function* ({ loop }) {
    let reject: (error: unknown) => void = () => {};
    const promise = new Promise<string>((_, rejecting) => {
      reject = rejecting;
    });
    expect(yield* awaited(firstSuccess([promise, sleep(1, "ours")]))).toBe("ours");
    reject(new RangeError("too late, and not reported"));
    expect(yield* awaited(firstSuccess([sleep(1, "late"), Promise.resolve("promised")]))).toBe("promised");
    expect(loop.time()).toBe(1);
  });

  eachEngine("runs only so much at a time, and begins nothing after a success", function* ({ body, loop }) {
    const log: string[] = [];
    const contender = (name: string, succeeds: boolean) =>
      body(function* (): Generator<unknown, string> {
        log.push(`${name} at ${loop.time()}`);
        yield* awaited(sleep(1));
        if (succeeds) return name;
        throw new RangeError(name);
      });
    const aws = [
      contender("a", false),
      contender("b", false),
      contender("c", true),
      contender("d", true),
      contender("e", true),
    ];
    expect(yield* awaited(firstSuccess(aws, { limit: 2 }))).toBe("c");
    expect(log).toEqual(["a at 0", "b at 0", "c at 1", "d at 1"]);
  });

  eachEngine(
    "[62] absorbs cancellations until all have ended, hands each on, and then throws",
    function* ({ body, loop }) {
      let cancels = 0;
      const stubborn = body(function* (): Generator<unknown, string> {
        while (cancels < 2) {
          yield* failureOf(sleep(100));
          cancels++;
        }
        return "a success that is lost";
      });
      const task = createTask(firstSuccess([stubborn, sleep(100)]));
      loop.callLater(1, () => task.cancel("first"));
      loop.callLater(2, () => task.cancel("second"));
      expect(yield* failureOf(task)).toMatchObject({ name: "CancelledError", reason: "second" });
      expect([cancels, loop.time(), task.cancelled()]).toEqual([2, 2, true]);
    },
  );

  eachEngine("is cancelled by its signal, and throws its reason once all have ended", function* ({ body, loop }) {
    const controller = new AbortController();
    const { signal } = controller;
    const task = createTask(() => sleep(10));
    loop.callLater(1, () => controller.abort("enough"));
    expect(yield* failureOf(firstSuccess([task, sleep(20)], { signal }))).toBe("enough");
    expect([task.cancelled(), loop.time(), currentTask()?.cancelling()]).toEqual([true, 1, 0]);
    let runs = 0;
    const work = coroutine(
      body(function* () {
        runs++;
      }),
    );
    const unrun = work();
    expect(yield* failureOf(firstSuccess([unrun], { signal }))).toBe("enough");
    expect(yield* failureOf(unrun)).toMatchObject({ message: expect.stringContaining("reuse") }); // it was closed
    expect(runs).toBe(0);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  test("takes eager tasks that succeed at once", async () => {
    await runVirtual(function* (loop) {
      setTaskFactory(loop, eagerTaskFactory);
      const one = function* () {
        return 1;
      };
      expect(yield* firstSuccess([one, one])).toBe(1);
    });
  });

  eachEngine("refuses what makes no sense, and runs nothing of it", function* ({ body }) {
    let runs = 0;
    const work = coroutine(
      body(function* () {
        runs++;
      }),
    );
    expect(() => firstSuccess([])).toThrow(RangeError);
    expect(() => firstSuccess(work() as never)).toThrow(TypeError);
    expect(() => firstSuccess([work(), 5 as never])).toThrow(TypeError);
    const unrun = work();
    expect(() => firstSuccess([unrun], { limit: 0 })).toThrow(RangeError);
    expect(yield* failureOf(unrun)).toMatchObject({ message: expect.stringContaining("reuse") }); // it was closed
    expect(() => firstSuccess([work()], { limit: "1" as never })).toThrow(TypeError);
    expect(() => firstSuccess([work()], { signal: 5 as never })).toThrow(TypeError);
    const other = new VirtualLoop();
    const foreign = new Future<void>({ loop: other });
    expect(yield* failureOf(firstSuccess([work(), foreign]))).toBeInstanceOf(RangeError);
    other.close();
    yield* awaited(sleep(1));
    expect(runs).toBe(0);
  });

  test("gives a CancelledError of its own to each that is cancelled", async () => {
    await runVirtual(async () => {
      const futures = [new Future<void>(), new Future<void>()];
      const work = firstSuccess([...futures, sleep(1, "won")]);
      expect(await work).toBe("won");
      for (const future of futures) expect(() => future.result()).toThrow(CancelledError);
    });
  });
});
