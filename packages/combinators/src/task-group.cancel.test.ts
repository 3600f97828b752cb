import { CancelledError, createTask, currentTask, sleep, type Task } from "@asyncio-ts/tasks";
import { awaited, failureOf, turnsOf } from "@asyncio-ts/tasks/testing";
import { describe, expect } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { ExceptionGroup } from "./exception-group.ts";
import type { TaskGroup } from "./task-group.ts";
import { taskGroup } from "./task-group-body.ts";

function current(): Task<unknown> {
  return currentTask() as Task<unknown>;
}

describe("group.cancel()", () => {
  eachEngine("ends the body and the tasks, without an error", function* ({ body, loop }) {
    const children: Task<unknown>[] = [];
    const seen: unknown[] = [];
    const main = body(function* (group: TaskGroup): Generator<unknown, string> {
      for (let n = 0; n < 2; n++) children.push(group.createTask(() => sleep(10)));
      loop.callLater(1, () => group.cancel("enough"));
      const error = (yield* failureOf(sleep(10))) as CancelledError;
      seen.push(error.reason);
      throw error;
    });
    expect(yield* awaited(taskGroup(main))).toBe(undefined);
    expect(children.map((child) => child.cancelled())).toEqual([true, true]);
    expect(yield* failureOf(children[0] as Task<unknown>)).toMatchObject({ reason: "enough" });
    expect([seen, loop.time(), current().cancelling()]).toEqual([["enough"], 1, 0]);
    expect(yield* awaited(sleep(1, "goes on"))).toBe("goes on");
  });

  eachEngine("by the body itself: it goes on until its next suspension", function* ({ body, loop }) {
    const steps: number[] = [];
    const main = body(function* (group: TaskGroup) {
      group.createTask(() => sleep(10));
      group.cancel();
      steps.push(1);
      yield* awaited(sleep(0));
      steps.push(2);
    });
    yield* awaited(taskGroup(main));
    expect([steps, loop.time(), current().cancelling()]).toEqual([[1], 0, 0]);
  });

  eachEngine(
    "by the body, which then returns: its value is kept, and nothing is left behind",
    function* ({ body, loop }) {
      const main = body(function* (group: TaskGroup) {
        group.cancel();
        return "value";
      });
      expect(yield* awaited(taskGroup(main))).toBe("value");
      expect(yield* turnsOf(loop, awaited(sleep(0)))).toBe(1);
    },
  );

  eachEngine("by a task, while the group waits for its tasks", function* ({ body, loop }) {
    const main = body(function* (group: TaskGroup) {
      const others = [1, 2].map(() => group.createTask(() => sleep(10)));
      group.createTask(
        body(function* () {
          yield* awaited(sleep(1));
          group.cancel();
          expect(yield* failureOf(sleep(5))).toBeInstanceOf(CancelledError);
        }),
      );
      return others;
    });
    const others = yield* awaited(taskGroup(main));
    expect(others.map((task) => task.cancelled())).toEqual([true, true]);
    expect([loop.time(), current().cancelling()]).toEqual([1, 0]);
  });

  eachEngine("waits for cleanups, refuses new tasks, and can be called again", function* ({ body, loop }) {
    let cancels = 0;
    const main = body(function* (group: TaskGroup) {
      group.createTask(
        body(function* () {
          yield* failureOf(sleep(10));
          cancels++;
          yield* awaited(sleep(3));
        }),
      );
      yield* awaited(sleep(1));
      group.cancel();
      group.cancel();
      expect(String(group)).toBe("<TaskGroup tasks=1 cancelling>");
      expect(() => group.createTask(() => sleep(1))).toThrow("shutting down");
      loop.callLater(1, () => group.cancel());
    });
    yield* awaited(taskGroup(main));
    expect([cancels, loop.time(), current().cancelling()]).toEqual([1, 4, 0]);
  });

  eachEngine("does nothing once the group is finished", function* ({ body }) {
    let kept: TaskGroup | undefined;
    const main = body(function* (group: TaskGroup) {
      kept = group;
    });
    yield* awaited(taskGroup(main));
    kept?.cancel();
    expect([String(kept), current().cancelling()]).toEqual(["<TaskGroup finished>", 0]);
  });

  eachEngine("lets the errors of cleanups through", function* ({ body }) {
    const main = body(function* (group: TaskGroup) {
      group.createTask(
        body(function* () {
          yield* failureOf(sleep(10));
          throw new RangeError("task");
        }),
      );
      yield* awaited(sleep(1));
      group.cancel();
      yield* failureOf(sleep(1));
      throw new TypeError("body");
    });
    const error = (yield* failureOf(taskGroup(main))) as ExceptionGroup;
    expect(error).toBeInstanceOf(ExceptionGroup);
    expect(error.errors.map(String)).toEqual(["RangeError: task", "TypeError: body"]);
    expect(current().cancelling()).toBe(0);
  });

  eachEngine(
    "does not swallow a cancellation from outside that comes while the group unwinds",
    function* ({ body, loop }) {
      for (const bodyWaits of [false, true]) {
        const main = body(function* (group: TaskGroup) {
          group.createTask(
            body(function* () {
              yield* failureOf(sleep(10));
              yield* awaited(sleep(5));
            }),
          );
          loop.callLater(1, () => group.cancel("inside"));
          if (bodyWaits) yield* awaited(sleep(10));
        });
        const steps: string[] = [];
        const task = createTask(
          body(function* () {
            yield* awaited(taskGroup(main));
            steps.push("not reached");
          }),
        );
        loop.callLater(2, () => task.cancel("outside"));
        expect(yield* failureOf(task)).toMatchObject({ name: "CancelledError", reason: "outside" });
        expect([task.cancelled(), task.cancelling(), steps]).toEqual([true, 1, []]);
      }
    },
  );

  eachEngine(
    "does not swallow a cancellation from outside that comes before it or in the same turn",
    function* ({ body, loop }) {
      const cancelBoth: ((task: Task<unknown>, group: TaskGroup) => void)[] = [
        (task, group) => {
          task.cancel();
          group.cancel();
        },
        (task, group) => {
          group.cancel();
          task.cancel();
        },
      ];
      for (const cancel of cancelBoth) {
        const main = body(function* (group: TaskGroup) {
          loop.callLater(1, () => cancel(task, group));
          yield* awaited(sleep(10));
        });
        const task: Task<unknown> = createTask(taskGroup(main));
        expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
        expect(task.cancelled()).toBe(true);
      }
    },
  );

  eachEngine("works in the cleanup of a task that is cancelled", function* ({ body, loop }) {
    const main = body(function* (group: TaskGroup) {
      group.createTask(() => sleep(10));
      loop.callLater(1, () => group.cancel());
      yield* awaited(sleep(10));
    });
    const task = createTask(
      body(function* () {
        const error = yield* failureOf(sleep(10));
        yield* awaited(taskGroup(main));
        yield* awaited(sleep(1));
        expect(current().cancelling()).toBe(1);
        throw error;
      }),
    );
    yield* awaited(sleep(1));
    task.cancel("why");
    expect(yield* failureOf(task)).toMatchObject({ reason: "why" });
    expect(loop.time()).toBe(3);
  });

  eachEngine(
    "of an inner group leaves the outer one alone, and the other way round both end",
    function* ({ body, loop }) {
      const steps: string[] = [];
      const outer = body(function* (outerGroup: TaskGroup) {
        for (const which of ["inner", "outer"]) {
          const inner = body(function* (innerGroup: TaskGroup) {
            loop.callLater(1, () => (which === "inner" ? innerGroup : outerGroup).cancel());
            yield* awaited(sleep(10));
          });
          yield* awaited(taskGroup(inner));
          steps.push(which);
        }
      });
      yield* awaited(taskGroup(outer));
      expect([steps, loop.time(), current().cancelling()]).toEqual([["inner"], 2, 0]);
    },
  );
});
