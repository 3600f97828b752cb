import { getEventListeners } from "node:events";
import { RuntimeError } from "@asyncio-ts/contextvars";
import {
  CancelledError,
  createTask,
  currentTask,
  eagerTaskFactory,
  setTaskFactory,
  sleep,
  type Task,
} from "@asyncio-ts/tasks";
import { awaited, failureOf, runVirtual, turnsOf } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { ExceptionGroup } from "./exception-group.ts";
import type { TaskGroup } from "./task-group.ts";
import { taskGroup } from "./task-group-body.ts";

type Ready = (value: number) => void;

/** Messages of a group of errors. */
function messagesOf(error: unknown): unknown {
  return error instanceof ExceptionGroup ? error.errors.map((each: Error) => each.message) : error;
}

describe("group.start()", () => {
  eachEngine("waits until the task is ready, hands back its value, and the task goes on", function* ({ body, loop }) {
    const log: string[] = [];
    const serve = body(function* (ready: Ready) {
      yield* awaited(sleep(1));
      ready(8080);
      yield* awaited(sleep(5));
      log.push(`served until ${loop.time()}`);
    });
    const main = body(function* (group: TaskGroup) {
      const port = yield* awaited(group.start(serve));
      log.push(`${port} at ${loop.time()}`);
      expect(group.statistics().tasks).toBe(1);
    });
    yield* awaited(taskGroup(main));
    expect(log).toEqual(["8080 at 1", "served until 6"]);
  });

  eachEngine("needs one turn for a task that is ready at once, and one for it to wake up", function* ({ body, loop }) {
    const serve = body(function* (ready: Ready) {
      ready(1);
      yield* awaited(sleep(0));
    });
    const main = body(function* (group: TaskGroup) {
      expect(yield* turnsOf(loop, awaited(group.start(serve)))).toBe(2);
    });
    yield* awaited(taskGroup(main));
  });

  eachEngine("gives the value of a task that is ready and returns in one go", function* ({ body }) {
    const serve = body(function* (ready: Ready) {
      ready(1);
    });
    const main = body(function* (group: TaskGroup) {
      return yield* awaited(group.start(serve));
    });
    expect(yield* awaited(taskGroup(main))).toBe(1);
  });

  test("gives the value of an eager task at once", async () => {
    await runVirtual(function* (loop) {
      setTaskFactory(loop, eagerTaskFactory);
      const before = loop.statistics().turns;
      yield* taskGroup(function* (group) {
        const serve = function* (ready: Ready) {
          ready(1);
          yield* sleep(1);
        };
        expect(yield* group.start(serve)).toBe(1);
        expect(loop.statistics().turns).toBe(before);
        const brief = function* (ready: Ready) {
          ready(2);
        };
        expect(yield* group.start(brief)).toBe(2);
      });
    });
  });

  eachEngine(
    "throws the error of a task that fails before it is ready: it is not the group's",
    function* ({ body, loop }) {
      const error = new RangeError("no port");
      const serve = body(function* (_ready: Ready): Generator<unknown, void> {
        yield* awaited(sleep(1));
        throw error;
      });
      const main = body(function* (group: TaskGroup) {
        const sibling = group.createTask(() => sleep(5, "sibling"));
        expect(yield* failureOf(group.start(serve))).toBe(error);
        expect(loop.time()).toBe(1);
        expect(String(group)).toBe("<TaskGroup tasks=1 entered>");
        return yield* awaited(sibling);
      });
      expect(yield* awaited(taskGroup(main))).toBe("sibling");
      const uncaught = body(function* (group: TaskGroup) {
        yield* awaited(group.start(serve));
      });
      expect(messagesOf(yield* failureOf(taskGroup(uncaught)))).toEqual(["no port"]);
    },
  );

  eachEngine("throws what a body throws that is not even begun", function* ({ body }) {
    const main = body(function* (group: TaskGroup) {
      const broken = (() => {
        throw new RangeError("broken");
      }) as never;
      expect(yield* failureOf(group.start(broken))).toMatchObject({ message: "broken" });
      expect(yield* failureOf(group.start((() => 5) as never))).toBeInstanceOf(TypeError);
    });
    yield* awaited(taskGroup(main));
  });

  eachEngine("throws a RuntimeError if the task returns without being ready", function* ({ body }) {
    const forgetful = body(function* forgetful() {
      yield* awaited(sleep(1));
    });
    const main = body(function* (group: TaskGroup) {
      const error = yield* failureOf(group.start(forgetful));
      expect(error).toBeInstanceOf(RuntimeError);
      expect(String(error)).toBe("RuntimeError: Cannot start forgetful(), which has returned without calling ready()");
      expect(group.statistics().errors).toBe(0);
    });
    yield* awaited(taskGroup(main));
  });

  eachEngine("makes an error after ready() the group's", function* ({ body }) {
    const seen: unknown[] = [];
    const serve = body(function* (ready: Ready): Generator<unknown, void> {
      ready(1);
      yield* awaited(sleep(1));
      throw new RangeError("broke down");
    });
    const main = body(function* (group: TaskGroup) {
      seen.push(yield* awaited(group.start(serve)));
      yield* awaited(sleep(10));
    });
    expect(messagesOf(yield* failureOf(taskGroup(main)))).toEqual(["broke down"]);
    expect(seen).toEqual([1]);
  });

  eachEngine("makes an error right after ready() the group's, and the body is cancelled", function* ({ body }) {
    const serve = body(function* (ready: Ready): Generator<unknown, void> {
      ready(1);
      throw new RangeError("broke down");
    });
    const main = body(function* (group: TaskGroup) {
      yield* awaited(group.start(serve));
      yield* awaited(sleep(10));
    });
    expect(messagesOf(yield* failureOf(taskGroup(main)))).toEqual(["broke down"]);
    expect(currentTask()?.cancelling()).toBe(0);
  });

  eachEngine("lets ready() be called once", function* ({ body }) {
    const serve = body(function* (ready: Ready) {
      ready(1);
      ready(2);
    });
    const main = body(function* (group: TaskGroup) {
      yield* awaited(group.start(serve));
    });
    expect(messagesOf(yield* failureOf(taskGroup(main)))).toEqual(["Cannot be ready() twice"]);
  });

  eachEngine("gives the task its name, its own name as what it runs, and its signal", function* ({ body, loop }) {
    const controller = new AbortController();
    const { signal } = controller;
    const shown: string[] = [];
    const serve = body(function* serve(ready: Ready) {
      shown.push(String(currentTask()));
      ready(1);
      yield* awaited(sleep(10));
    });
    const main = body(function* (group: TaskGroup) {
      yield* awaited(group.start(serve, { name: "server", signal }));
      loop.callLater(1, () => controller.abort());
    });
    yield* awaited(taskGroup(main));
    expect(shown).toEqual([expect.stringMatching(/name='server' coro=serve\(\)/)]);
    expect(loop.time()).toBe(1);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  eachEngine("is refused by a group that takes no tasks, and with what is no function", function* ({ body }) {
    const serve = body(function* (ready: Ready) {
      ready(1);
    });
    let kept: TaskGroup | undefined;
    const main = body(function* (group: TaskGroup) {
      kept = group;
      expect(() => group.start(serve(() => {}) as never)).toThrow("start() needs a function");
      group.cancel();
      expect(yield* failureOf(sleep(0))).toBeInstanceOf(CancelledError);
      expect(yield* failureOf(group.start(serve))).toMatchObject({ message: expect.stringContaining("shutting down") });
    });
    yield* awaited(taskGroup(main));
    expect(yield* failureOf((kept as TaskGroup).start(serve))).toMatchObject({
      message: expect.stringContaining("finished"),
    });
  });
});

describe("group.start() that is cancelled", () => {
  eachEngine("cancels the task, waits for its end, and then throws the cancellation", function* ({ body, loop }) {
    const log: string[] = [];
    const slow = body(function* (_ready: Ready): Generator<unknown, void> {
      const error = yield* failureOf(sleep(100));
      log.push(`cancelled at ${loop.time()}`);
      yield* awaited(sleep(5));
      log.push(`cleaned up at ${loop.time()}`);
      throw error;
    });
    const main = body(function* (group: TaskGroup) {
      const starter = group.createTask(
        body(function* () {
          const error = yield* failureOf(group.start(slow));
          log.push(`${(error as CancelledError).reason} at ${loop.time()}`);
          expect(group.statistics().tasks).toBe(1);
        }),
      );
      yield* awaited(sleep(1));
      starter.cancel("enough");
    });
    yield* awaited(taskGroup(main));
    expect(log).toEqual(["cancelled at 1", "cleaned up at 6", "enough at 6"]);
  });

  eachEngine("passes on each cancellation, and throws the last one", function* ({ body, loop }) {
    let cancels = 0;
    const stubborn = body(function* (): Generator<unknown, void> {
      while (cancels < 2) {
        yield* failureOf(sleep(100));
        cancels++;
      }
    });
    const main = body(function* (group: TaskGroup) {
      yield* awaited(group.start(stubborn));
    });
    const task = createTask(taskGroup(main));
    loop.callLater(1, () => task.cancel("first"));
    loop.callLater(2, () => task.cancel("second"));
    expect(yield* failureOf(task)).toMatchObject({ reason: "second" });
    expect([cancels, loop.time()]).toEqual([2, 2]);
  });

  eachEngine("cancels a task that becomes ready in the same turn or in its cleanup, too", function* ({ body, loop }) {
    const late = body(function* (ready: Ready) {
      yield* failureOf(sleep(100));
      ready(1);
      yield* awaited(sleep(5));
    });
    const punctual = body(function* (ready: Ready) {
      yield* awaited(sleep(1));
      ready(1);
      yield* awaited(sleep(100));
    });
    for (const [serve, duration] of [
      [late, 6],
      [punctual, 1],
    ] as const) {
      const begin = loop.time();
      const main = body(function* (group: TaskGroup) {
        const starter = group.createTask(
          body(function* () {
            yield* awaited(group.start(serve));
          }),
        );
        yield* awaited(sleep(1));
        yield* awaited(sleep(0));
        starter.cancel();
        expect(yield* failureOf(starter)).toBeInstanceOf(CancelledError);
        expect(group.statistics().tasks).toBe(0);
      });
      yield* awaited(taskGroup(main));
      expect(loop.time() - begin).toBe(duration);
    }
  });

  eachEngine("throws the error of the task's cleanup", function* ({ body, loop }) {
    const serve = body(function* (): Generator<unknown, void> {
      yield* failureOf(sleep(100));
      throw new RangeError("cleanup");
    });
    const main = body(function* (group: TaskGroup) {
      yield* awaited(group.start(serve));
    });
    const task = createTask(taskGroup(main));
    loop.callLater(1, () => task.cancel());
    expect(messagesOf(yield* failureOf(task))).toEqual(["cleanup"]);
  });

  eachEngine(
    "throws a CancelledError when the task is cancelled alone, even before its first step",
    function* ({ body }) {
      const controller = new AbortController();
      const serve = body(function* () {
        yield* awaited(sleep(10));
      });
      const main = body(function* (group: TaskGroup) {
        controller.abort("enough");
        const error = yield* failureOf(group.start(serve, { signal: controller.signal }));
        expect(error).toMatchObject({ name: "CancelledError", reason: "enough" });
        return "goes on";
      });
      expect(yield* awaited(taskGroup(main))).toBe("goes on");
    },
  );

  eachEngine("ends with the group when a sibling fails", function* ({ body, loop }) {
    let saw: unknown;
    const main = body(function* (group: TaskGroup): Generator<unknown, void> {
      group.createTask(
        body(function* () {
          yield* awaited(sleep(1));
          throw new RangeError("sibling");
        }),
      );
      saw = yield* failureOf(
        group.start(
          body(function* () {
            yield* awaited(sleep(100));
          }),
        ),
      );
      throw saw;
    });
    expect(messagesOf(yield* failureOf(taskGroup(main)))).toEqual(["sibling"]);
    expect(saw).toBeInstanceOf(CancelledError);
    expect([loop.time(), (currentTask() as Task<unknown>).cancelling()]).toEqual([1, 0]);
  });
});
