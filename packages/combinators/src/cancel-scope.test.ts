import { getEventListeners } from "node:events";
import { RuntimeError } from "@asyncio-ts/contextvars";
import { CancelledError, coroutine, createTask, currentTask, sleep, type Task } from "@asyncio-ts/tasks";
import { awaited, failureOf, runVirtual, type Script, type Stage, turnsOf } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { abortable, CancelScope } from "./cancel-scope.ts";

/** `script` as steps of the current task, interrupted by `signal`. */
function run<T>(body: Stage["body"], signal: AbortSignal | undefined, script: Script<[], T>) {
  return coroutine(() => abortable("work", signal, coroutine(body(script))()))();
}

function thrownBy(f: () => unknown): unknown {
  try {
    return f();
  } catch (error) {
    return error;
  }
}

describe("CancelScope", () => {
  test("is refused outside of a task", async () => {
    await runVirtual(async (loop) => {
      const error = await new Promise((resolve) => {
        loop.callSoon(() => resolve(thrownBy(() => new CancelScope("work"))));
      });
      expect(error).toBeInstanceOf(RuntimeError);
      expect(String(error)).toContain("work() needs a current task; a plain callback has none");
    });
  });

  eachEngine("interrupts once, and not after it was left", function* () {
    const task = currentTask() as Task<unknown>;
    const scope = new CancelScope("work");
    scope.interrupt("first");
    scope.interrupt("second");
    expect(task.cancelling()).toBe(1);
    const error = yield* failureOf(sleep(1));
    expect((error as CancelledError).reason).toBe("first");
    expect(scope.leave(error)).toBe(error);
    expect([scope.leave(error), task.cancelling()]).toEqual([null, 0]);
    scope.interrupt();
    expect(task.cancelling()).toBe(0);
  });

  eachEngine("drops an interruption that was not delivered", function* () {
    const scope = new CancelScope("work");
    scope.interrupt();
    expect(scope.leave()).toBeNull();
    yield* awaited(sleep(1));
  });

  eachEngine("is not the only one to cancel if others have asked for it before or after", function* ({ body }) {
    for (const order of ["before", "after"]) {
      const answers: unknown[] = [];
      const task = createTask(
        body(function* () {
          const scope = new CancelScope("work");
          if (order === "before") task.cancel();
          scope.interrupt();
          if (order === "after") task.cancel();
          const error = yield* failureOf(sleep(1));
          answers.push(scope.leave(error), scope.isCancelled(), task.cancelling() === 1);
        }),
      );
      yield* awaited(task);
      expect(answers).toEqual([null, true, true]);
    }
  });

  eachEngine("counts from the requests on entry, in the cleanup of a cancelled task", function* ({ body }) {
    const task = createTask(
      body(function* () {
        yield* failureOf(sleep(60));
        const scope = new CancelScope("cleanup");
        scope.interrupt();
        const error = yield* failureOf(sleep(1));
        return [scope.leave(error) === error, scope.isCancelled(), task.cancelling()];
      }),
    ) as Task<unknown>;
    yield* awaited(sleep(0));
    task.cancel();
    expect(yield* awaited(task)).toEqual([true, false, 1]);
  });
});

describe("abortable()", () => {
  eachEngine("gives the value, and takes no turn of its own", function* ({ loop, body }) {
    const { signal } = new AbortController();
    const turns = yield* turnsOf(
      loop,
      (function* () {
        for (const each of [undefined, signal]) {
          const value = yield* awaited(
            run(body, each, function* () {
              return "value";
            }),
          );
          expect(value).toBe("value");
        }
      })(),
    );
    expect(turns).toBe(0);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  eachEngine("never begins when the signal was aborted before", function* ({ body }) {
    let hasBegun = false;
    const reason = new Error("enough");
    const error = yield* failureOf(
      run(body, AbortSignal.abort(reason), function* () {
        hasBegun = true;
      }),
    );
    expect([error, hasBegun]).toEqual([reason, false]);
  });

  eachEngine("closes a coroutine that never begins", function* () {
    const steps = sleep(1);
    const error = yield* failureOf(coroutine(abortable)("work", AbortSignal.abort("before"), steps));
    expect(error).toBe("before");
    expect(((yield* failureOf(steps)) as Error).message).toContain("Cannot reuse the coroutine");
  });

  eachEngine("throws the reason of the signal, after the cleanup", function* ({ loop, body }) {
    const controller = new AbortController();
    const reason = new Error("enough");
    let met: unknown;
    loop.callLater(1, () => controller.abort(reason));
    const error = yield* failureOf(
      run(body, controller.signal, function* () {
        met = yield* failureOf(sleep(60));
        yield* awaited(sleep(2));
        throw met;
      }),
    );
    expect(error).toBe(reason);
    expect((met as CancelledError).reason).toBe(reason);
    expect([loop.time(), currentTask()?.cancelling()]).toEqual([3, 0]);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    yield* awaited(sleep(1));
  });

  eachEngine("lets an error of the steps win, and a value", function* ({ loop, body }) {
    const own = new Error("own");
    for (const ending of ["throws", "returns"]) {
      const controller = new AbortController();
      loop.callLater(1, () => controller.abort());
      const running = run(body, controller.signal, function* () {
        yield* failureOf(sleep(60));
        if (ending === "throws") throw own;
        return "value";
      });
      if (ending === "throws") expect(yield* failureOf(running)).toBe(own);
      else expect(yield* awaited(running)).toBe("value");
      expect([currentTask()?.cancelling(), getEventListeners(controller.signal, "abort")]).toEqual([0, []]);
    }
  });

  eachEngine("lets a cancellation of the task win", function* ({ loop, body }) {
    for (const order of ["cancel first", "abort first"]) {
      const controller = new AbortController();
      const task = createTask(
        body(function* () {
          yield* awaited(
            run(body, controller.signal, function* () {
              yield* awaited(sleep(60));
            }),
          );
        }),
      );
      loop.callLater(1, () => {
        if (order === "cancel first") task.cancel("outside");
        controller.abort();
        if (order === "abort first") task.cancel("outside");
      });
      expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
      expect([task.cancelled(), task.cancelling()]).toEqual([true, 1]);
    }
  });

  eachEngine("nested with one signal, throws the reason from the outermost", function* ({ loop, body }) {
    const controller = new AbortController();
    loop.callLater(1, () => controller.abort("enough"));
    const inner: unknown[] = [];
    const error = yield* failureOf(
      run(body, controller.signal, function* () {
        inner.push(
          yield* failureOf(
            run(body, controller.signal, function* () {
              yield* awaited(sleep(60));
            }),
          ),
        );
        throw inner[0];
      }),
    );
    expect(inner[0]).toBeInstanceOf(CancelledError);
    expect([error, currentTask()?.cancelling()]).toEqual(["enough", 0]);
  });
});
