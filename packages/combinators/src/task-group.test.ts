import { ContextVar, copyContext, RuntimeError } from "@asyncio-ts/contextvars";
import {
  CancelledError,
  type Coroutine,
  coroutine,
  createTask,
  currentTask,
  eagerTaskFactory,
  Future,
  setTaskFactory,
  sleep,
  type Task,
} from "@asyncio-ts/tasks";
import { awaited, collectReports, failureOf, runVirtual, type Stage, turnsOf } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { ExceptionGroup } from "./exception-group.ts";
import type { TaskGroup } from "./task-group.ts";
import { taskGroup } from "./task-group-body.ts";

function current(): Task<unknown> {
  return currentTask() as Task<unknown>;
}

/** What tests start: in either kind of body. */
function work({ body }: Stage) {
  return {
    /** Rest for some time, and return `result`. */
    resting: body(function* (delay: number, result?: unknown) {
      yield* awaited(sleep(delay));
      return result;
    }),
    failing: body(function* (delay: number, message: string): Generator<unknown, void> {
      yield* awaited(sleep(delay));
      throw new RangeError(message);
    }),
    /** Fails when it is cancelled, as by a broken cleanup. */
    failingCleanup: body(function* (message: string): Generator<unknown, void> {
      try {
        yield* awaited(sleep(100));
      } catch {
        throw new RangeError(message);
      }
    }),
  };
}

/** A group of errors, as messages; inner groups as arrays. */
function messagesOf(error: unknown): unknown {
  return error instanceof ExceptionGroup ? error.errors.map(messagesOf) : (error as Error).message;
}

describe("taskGroup()", () => {
  eachEngine(
    "waits for all tasks, those that are added later included, and returns the body's value",
    function* (stage) {
      const { resting } = work(stage);
      const made: Task<unknown>[] = [];
      const main = stage.body(function* (group: TaskGroup) {
        made.push(group.createTask(() => resting(1, "a")));
        yield* awaited(sleep(1.5));
        made.push(group.createTask(() => resting(2, "b")));
        return "value";
      });
      expect(yield* awaited(taskGroup(main))).toBe("value");
      expect(made.map((task) => task.result())).toEqual(["a", "b"]);
      expect(stage.loop.time()).toBe(3.5);
    },
  );

  eachEngine("takes no turn without tasks, and as many as its tasks need", function* (stage) {
    const nothing = stage.body(function* () {});
    const one = stage.body(function* (group: TaskGroup) {
      group.createTask(nothing);
    });
    expect(yield* turnsOf(stage.loop, awaited(taskGroup(nothing)))).toBe(0);
    expect(yield* turnsOf(stage.loop, awaited(taskGroup(one)))).toBe(3);
  });

  eachEngine("lets a task be cancelled alone: that is no failure", function* (stage) {
    const { resting } = work(stage);
    const made: Task<unknown>[] = [];
    const main = stage.body(function* (group: TaskGroup) {
      made.push(group.createTask(() => resting(10)));
      yield* awaited(sleep(1));
      made[0]?.cancel();
      made.push(group.createTask(() => resting(1, "b")));
    });
    yield* awaited(taskGroup(main));
    expect([made[0]?.cancelled(), made[1]?.result()]).toEqual([true, "b"]);
    expect(stage.loop.time()).toBe(2);
  });

  eachEngine("is cancelled when the body awaits a task that is cancelled alone", function* (stage) {
    const { resting } = work(stage);
    const others: Task<unknown>[] = [];
    const main = stage.body(function* (group: TaskGroup) {
      others.push(group.createTask(() => resting(10)));
      const task = group.createTask(() => resting(10));
      stage.loop.callLater(1, () => task.cancel("why"));
      yield* awaited(task);
    });
    expect(yield* failureOf(taskGroup(main))).toMatchObject({ name: "CancelledError", reason: "why" });
    expect(others[0]?.cancelled()).toBe(true);
    expect(current().cancelling()).toBe(0);
  });
});

describe("a task group in which something fails", () => {
  eachEngine("[73] cancels the siblings and the body when a task fails", function* (stage) {
    const { resting, failing } = work(stage);
    const { body, loop } = stage;
    let bodySaw: unknown;
    let sibling: Task<unknown> | undefined;
    const main = body(function* (group: TaskGroup) {
      group.createTask(() => failing(1, "failed"));
      sibling = group.createTask(() => resting(10));
      bodySaw = yield* failureOf(sleep(10));
      throw bodySaw;
    });
    const error = yield* failureOf(taskGroup(main));
    expect(error).toBeInstanceOf(ExceptionGroup);
    expect((error as ExceptionGroup).message).toBe("unhandled errors in a TaskGroup");
    expect(messagesOf(error)).toEqual(["failed"]);
    expect(bodySaw).toBeInstanceOf(CancelledError);
    expect(sibling?.cancelled()).toBe(true);
    expect(loop.time()).toBe(1);
  });

  eachEngine("[73] keeps all errors of one turn, in their order", function* (stage) {
    const { failing } = work(stage);
    const main = stage.body(function* (group: TaskGroup) {
      for (const message of ["a", "b", "c"]) group.createTask(() => failing(1, message));
      yield* awaited(sleep(10));
    });
    expect(messagesOf(yield* failureOf(taskGroup(main)))).toEqual(["a", "b", "c"]);
  });

  eachEngine("[73] adds the errors of cleanups, that of the body last", function* (stage) {
    const { failing, failingCleanup } = work(stage);
    const main = stage.body(function* (group: TaskGroup) {
      group.createTask(() => failingCleanup("cleanup"));
      group.createTask(() => failing(1, "failed"));
      yield* failureOf(sleep(10));
      throw new TypeError("body");
    });
    expect(messagesOf(yield* failureOf(taskGroup(main)))).toEqual(["failed", "cleanup", "body"]);
  });

  eachEngine("[74] is cancelled from outside: so are its tasks, and the error goes on", function* (stage) {
    const { resting } = work(stage);
    const children: Task<unknown>[] = [];
    let bodySaw: unknown;
    const main = stage.body(function* (group: TaskGroup) {
      for (let n = 0; n < 5; n++) children.push(group.createTask(() => resting(10)));
      bodySaw = yield* failureOf(sleep(10));
      throw bodySaw;
    });
    const task = createTask(taskGroup(main));
    yield* awaited(sleep(1));
    task.cancel("enough");
    expect(yield* failureOf(task)).toMatchObject({ name: "CancelledError", reason: "enough" });
    expect(task.cancelled()).toBe(true);
    expect((bodySaw as CancelledError).reason).toBe("enough");
    expect(children.map((child) => child.cancelled())).toEqual([true, true, true, true, true]);
    expect(stage.loop.time()).toBe(1);
  });

  eachEngine("[74] is cancelled from outside while it waits for its tasks, and without any", function* (stage) {
    const { resting } = work(stage);
    const waiting = stage.body(function* (group: TaskGroup) {
      group.createTask(() => resting(10));
    });
    const empty = stage.body(function* () {
      yield* awaited(sleep(10));
    });
    for (const main of [waiting, empty]) {
      const task = createTask(taskGroup(main));
      yield* awaited(sleep(1));
      task.cancel("enough");
      expect(yield* failureOf(task)).toMatchObject({ name: "CancelledError", reason: "enough" });
    }
    expect(stage.loop.time()).toBe(2);
  });

  eachEngine("[74] cancelled from outside, fails with the errors of cleanups all the same", function* (stage) {
    const { failingCleanup } = work(stage);
    const main = stage.body(function* (group: TaskGroup) {
      for (const message of ["a", "b"]) group.createTask(() => failingCleanup(message));
      yield* awaited(sleep(10));
    });
    const task = createTask(taskGroup(main));
    yield* awaited(sleep(1));
    task.cancel();
    expect(messagesOf(yield* failureOf(task))).toEqual(["a", "b"]);
  });

  eachEngine(
    "[74] is cancelled twice from outside: its tasks are cancelled once, and the first goes on",
    function* (stage) {
      const { body, loop } = stage;
      let cancels = 0;
      const slowCleanup = body(function* () {
        try {
          yield* awaited(sleep(100));
        } catch (error) {
          cancels++;
          yield* awaited(sleep(5));
          throw error;
        }
      });
      const main = body(function* (group: TaskGroup) {
        group.createTask(slowCleanup);
        yield* awaited(sleep(100));
      });
      const task = createTask(taskGroup(main));
      yield* awaited(sleep(1));
      task.cancel("first");
      yield* awaited(sleep(1));
      task.cancel("second");
      expect(yield* failureOf(task)).toMatchObject({ name: "CancelledError", reason: "first" });
      expect([cancels, loop.time()]).toEqual([1, 6]);
    },
  );

  eachEngine("[75] nests the errors of nested groups", function* (stage) {
    const { resting, failing, failingCleanup } = work(stage);
    const { body } = stage;
    const inner = body(function* (group: TaskGroup) {
      group.createTask(() => failing(1, "inner"));
    });
    const outer = body(function* (group: TaskGroup) {
      group.createTask(() => resting(10));
      yield* awaited(taskGroup(inner));
    });
    expect(messagesOf(yield* failureOf(taskGroup(outer)))).toEqual([["inner"]]);

    const innerCleanup = body(function* (group: TaskGroup) {
      for (const message of ["a", "b"]) group.createTask(() => failingCleanup(message));
      yield* awaited(sleep(10));
    });
    for (const withChild of [false, true]) {
      const outerOfCleanup = body(function* (group: TaskGroup) {
        if (withChild) group.createTask(() => resting(10));
        yield* awaited(taskGroup(innerCleanup));
      });
      const task = createTask(taskGroup(outerOfCleanup));
      yield* awaited(sleep(1));
      task.cancel();
      expect(messagesOf(yield* failureOf(task))).toEqual([["a", "b"]]);
    }
  });

  eachEngine(
    "[75] cancels an inner group when a task of the outer one fails, and only that error is left",
    function* (stage) {
      const { failing } = work(stage);
      const { body } = stage;
      const inner = body(function* (group: TaskGroup) {
        group.createTask(() => failing(10, "never"));
      });
      const outer = body(function* (group: TaskGroup) {
        group.createTask(() => failing(1, "outer"));
        yield* awaited(taskGroup(inner));
      });
      expect(messagesOf(yield* failureOf(taskGroup(outer)))).toEqual(["outer"]);
      expect(stage.loop.time()).toBe(1);
    },
  );

  eachEngine("[76] wraps the error of the body, and cancels the tasks", function* (stage) {
    const { resting } = work(stage);
    for (const delay of [1, 0, null]) {
      const children: Task<unknown>[] = [];
      const main = stage.body(function* (group: TaskGroup): Generator<unknown, void> {
        for (let n = 0; n < 2; n++) children.push(group.createTask(() => resting(10)));
        if (delay !== null) yield* awaited(sleep(delay));
        throw new RangeError("body");
      });
      const error = yield* failureOf(taskGroup(main));
      expect(error).toBeInstanceOf(ExceptionGroup);
      expect(messagesOf(error)).toEqual(["body"]);
      expect(children.map((child) => child.cancelled())).toEqual([true, true]);
      expect(current().cancelling()).toBe(0);
    }
    expect(stage.loop.time()).toBe(1);
  });

  eachEngine("[77] fails with the error that the body makes of a cancellation", function* ({ body }) {
    const main = body(function* () {
      yield* failureOf(sleep(10));
      throw new TypeError("instead");
    });
    const task = createTask(taskGroup(main));
    yield* awaited(sleep(1));
    task.cancel();
    expect(messagesOf(yield* failureOf(task))).toEqual(["instead"]);
  });

  eachEngine("[78] reports the error of a task though it was cancelled from outside before", function* (stage) {
    const { failing } = work(stage);
    const main = stage.body(function* (group: TaskGroup) {
      group.createTask(() => failing(3, "failed"));
      const error = yield* failureOf(sleep(10));
      yield* awaited(sleep(5));
      throw error;
    });
    const direct = createTask(taskGroup(main));
    const nested = createTask(
      stage.body(function* () {
        yield* awaited(createTask(taskGroup(main)));
      }),
    );
    yield* awaited(sleep(1));
    for (const task of [direct, nested]) {
      task.cancel();
      expect(messagesOf(yield* failureOf(task))).toEqual(["failed"]);
    }
  });

  eachEngine("[79] leaves nothing of its own cancel behind", function* (stage) {
    const { failing } = work(stage);
    const main = stage.body(function* (group: TaskGroup) {
      group.createTask(() => failing(0, "failed"));
      yield* awaited(sleep(10));
    });
    const notWaiting = stage.body(function* (group: TaskGroup) {
      group.createTask(() => failing(0, "failed"));
    });
    for (const each of [main, notWaiting]) {
      yield* failureOf(taskGroup(each));
      expect(current().cancelling()).toBe(0);
      expect(yield* awaited(sleep(1, "goes on"))).toBe("goes on");
    }
  });

  eachEngine(
    "[80] throws its errors first, and a cancellation from outside at the next suspension",
    function* ({ body }) {
      const begun = new Future<void>();
      const seen: unknown[] = [];
      const main = body(function* (group: TaskGroup) {
        group.createTask(
          body(function* () {
            begun.setResult();
            yield* awaited(sleep(0));
            throw new RangeError("failed");
          }),
        );
        yield* awaited(sleep(10));
      });
      const task = createTask(
        body(function* () {
          seen.push(messagesOf(yield* failureOf(taskGroup(main))), current().cancelling());
          yield* awaited(sleep(1));
          seen.push("not reached");
        }),
      );
      yield* awaited(begun);
      expect([task.cancelling(), task.cancel(), task.cancelling()]).toEqual([0, true, 1]);
      expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
      expect([task.cancelled(), seen]).toEqual([true, [["failed"], 1]]);
    },
  );

  eachEngine(
    "[81] of two nested groups that fail in one turn, the outer one still cancels its body",
    function* (stage) {
      const { failing } = work(stage);
      const { body } = stage;
      const counts: number[] = [];
      const outer = body(function* (outerGroup: TaskGroup) {
        const inner = body(function* (group: TaskGroup) {
          group.createTask(() => failing(0, "inner"));
          outerGroup.createTask(() => failing(0, "outer"));
        });
        expect(messagesOf(yield* failureOf(taskGroup(inner)))).toEqual(["inner"]);
        counts.push(current().cancelling());
      });
      expect(messagesOf(yield* failureOf(taskGroup(outer)))).toEqual(["outer"]);
      expect([...counts, current().cancelling()]).toEqual([1, 0]);
    },
  );

  eachEngine("[82] collects the error of a cleanup inside the body, and takes its cancel back", function* (stage) {
    const { failing } = work(stage);
    const main = stage.body(function* (group: TaskGroup) {
      try {
        group.createTask(() => failing(0, "task"));
        yield* awaited(sleep(1));
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: a cleanup that fails
        throw new RangeError("cleanup"); // oxlint-disable-line no-unsafe-finally
      }
    });
    expect(messagesOf(yield* failureOf(taskGroup(main)))).toEqual(["task", "cleanup"]);
    expect(current().cancelling()).toBe(0);
  });

  eachEngine("takes an AbortError that a cancellation has caused for the cancellation", function* ({ body }) {
    const main = body(function* () {
      const cause = yield* failureOf(sleep(10));
      throw Object.assign(new Error("The operation was aborted", { cause }), { name: "AbortError" });
    });
    const task = createTask(taskGroup(main));
    yield* awaited(sleep(1));
    task.cancel();
    expect(yield* failureOf(task)).not.toBeInstanceOf(ExceptionGroup);
    expect(task.cancelled()).toBe(true);
  });

  eachEngine("keeps what was thrown and is no error, and makes no exception of interrupts", function* ({ body }) {
    class KeyboardInterrupt extends Error {}
    const interrupt = new KeyboardInterrupt();
    const main = body(function* (group: TaskGroup) {
      for (const thrown of [undefined, interrupt]) {
        group.createTask(
          body(function* () {
            throw thrown;
          }),
        );
      }
      yield* awaited(sleep(1));
    });
    const error = (yield* failureOf(taskGroup(main))) as ExceptionGroup;
    expect(error.errors).toEqual([undefined, interrupt]);
  });
});

describe("group.createTask()", () => {
  eachEngine("[83] adds tasks while the group waits, also from tasks that were added so", function* (stage) {
    const { body, loop } = stage;
    let made = 0;
    const spawning: (group: TaskGroup, depth: number) => Coroutine<void> = coroutine(
      body(function* (group: TaskGroup, depth: number): Generator<unknown, void> {
        made++;
        yield* awaited(sleep(1));
        if (depth === 0) return;
        group.createTask(spawning(group, depth - 1));
        group.createTask(spawning(group, depth - 1));
      }),
    );
    const main = body(function* (group: TaskGroup) {
      group.createTask(spawning(group, 3));
    });
    yield* awaited(taskGroup(main));
    expect([made, loop.time()]).toEqual([15, 4]);
  });

  eachEngine("[83] stops a group that grows for ever when one of its tasks fails", function* (stage) {
    const { body } = stage;
    let heads = 0;
    const hydra: (group: TaskGroup) => Coroutine<void> = coroutine(
      body(function* (group: TaskGroup): Generator<unknown, void> {
        heads++;
        yield* awaited(sleep(1));
        group.createTask(hydra(group));
        group.createTask(hydra(group));
      }),
    );
    const hercules = body(function* () {
      while (heads < 10) yield* awaited(sleep(1.5));
      throw new RangeError("slain");
    });
    const main = body(function* (group: TaskGroup) {
      group.createTask(hydra(group));
      group.createTask(hercules);
    });
    expect(messagesOf(yield* failureOf(taskGroup(main)))).toEqual(["slain"]);
    expect(heads).toBeGreaterThanOrEqual(10);
  });

  eachEngine("[84] is refused after a failure, and closes the coroutine", function* (stage) {
    const { failing } = work(stage);
    const { body } = stage;
    let refusal: unknown;
    const late = coroutine(body(function* () {}));
    const main = body(function* (group: TaskGroup) {
      group.createTask(() => failing(1, "failed"));
      group.createTask(
        body(function* () {
          yield* failureOf(sleep(10));
          const unrun = late();
          try {
            group.createTask(unrun);
          } catch (error) {
            refusal = error;
          }
          expect(yield* failureOf(unrun)).toMatchObject({ message: expect.stringContaining("reuse") });
        }),
      );
    });
    expect(messagesOf(yield* failureOf(taskGroup(main)))).toEqual(["failed"]);
    expect(refusal).toBeInstanceOf(RuntimeError);
    expect(String(refusal)).toBe(
      "RuntimeError: Cannot create a task in <TaskGroup tasks=1 errors=1 cancelling>, which is shutting down",
    );
  });

  eachEngine("[84] is refused once the group is finished, and closes the coroutine", function* ({ body }) {
    let kept: TaskGroup | undefined;
    const main = body(function* (group: TaskGroup) {
      kept = group;
    });
    yield* awaited(taskGroup(main));
    const unrun = coroutine(body(function* () {}))();
    expect(() => kept?.createTask(unrun)).toThrow("Cannot create a task in <TaskGroup finished>, which is finished");
    expect(yield* failureOf(unrun)).toBeInstanceOf(RuntimeError);
  });

  eachEngine("[85] cancels a task that is being made while one fails that it has made", function* (stage) {
    const { body, loop } = stage;
    for (const eager of [false, true]) {
      setTaskFactory(loop, eager ? eagerTaskFactory : null);
      let sawCancel = false;
      const third = body(function* () {
        throw new RangeError("third");
      });
      const main = body(function* (group: TaskGroup) {
        group.createTask(
          body(function* () {
            group.createTask(third);
            for (let turn = 0; turn < 2 && !sawCancel; turn++) {
              try {
                yield* awaited(sleep(0));
              } catch (error) {
                sawCancel = error instanceof CancelledError;
              }
            }
          }),
        );
      });
      expect(messagesOf(yield* failureOf(taskGroup(main)))).toEqual(["third"]);
      expect(sawCancel).toBe(true);
      expect(current().cancelling()).toBe(0);
    }
    setTaskFactory(loop, null);
  });

  test("begins a task at once that is to be eager", async () => {
    await runVirtual(function* () {
      yield* taskGroup(function* (group) {
        expect(group.createTask(function* () {}, { eagerStart: true }).done()).toBe(true);
        expect(group.createTask(function* () {}).done()).toBe(false);
      });
    });
  });

  test("counts an eager task that ends at once: it needs no turn", async () => {
    await runVirtual(function* (loop) {
      setTaskFactory(loop, eagerTaskFactory);
      const before = loop.statistics().turns;
      yield* taskGroup(function* (group) {
        expect(group.createTask(function* () {}).done()).toBe(true);
        expect(group.statistics().tasks).toBe(0);
      });
      expect(loop.statistics().turns).toBe(before);
    });
  });

  eachEngine("[86] forgets tasks that are done while the group goes on", function* (stage) {
    const { resting } = work(stage);
    const counts: number[] = [];
    const main = stage.body(function* (group: TaskGroup) {
      for (let n = 0; n < 10; n++) {
        yield* awaited(sleep(1));
        group.createTask(() => resting(2.5));
        counts.push(group.statistics().tasks);
      }
      yield* awaited(sleep(10));
      counts.push(group.statistics().tasks);
    });
    yield* awaited(taskGroup(main));
    expect(counts).toEqual([1, 2, 3, 3, 3, 3, 3, 3, 3, 3, 0]);
  });

  test("[86] keeps no memory of a million tasks that are done", { timeout: 60_000 }, async () => {
    const heap = (): number => {
      globalThis.gc?.();
      return process.memoryUsage().heapUsed;
    };
    const nothing = function* () {};
    await runVirtual(function* () {
      yield* taskGroup(function* (group) {
        const some = function* (count: number) {
          for (let n = 1; n <= count; n++) {
            group.createTask(nothing);
            if (n % 1_000 === 0) yield* sleep(0);
          }
          yield* sleep(1);
        };
        yield* some(100_000);
        const before = heap();
        yield* some(1_000_000);
        expect(group.statistics().tasks).toBe(0);
        expect(heap() - before).toBeLessThan(2_000_000);
      });
    });
  });

  eachEngine("gives the task its name, its context and its signal", function* ({ body, loop }) {
    const variable = new ContextVar("variable", { default: 0 });
    const controller = new AbortController();
    const main = body(function* (group: TaskGroup) {
      const context = copyContext();
      const named = group.createTask(
        body(function* () {
          variable.set(1);
          yield* awaited(sleep(0));
        }),
        { name: "yolo", context },
      );
      expect(named.getName()).toBe("yolo");
      yield* awaited(named);
      expect([variable.get(), context.get(variable)]).toEqual([0, 1]);

      const cancelled = group.createTask(() => sleep(10), { signal: controller.signal });
      loop.callLater(1, () => controller.abort("enough"));
      expect(yield* failureOf(cancelled)).toMatchObject({ reason: "enough" });
      return "goes on";
    });
    expect(yield* awaited(taskGroup(main))).toBe("goes on");
  });

  eachEngine("refuses what is no work, and the group goes on", function* ({ body }) {
    const main = body(function* (group: TaskGroup) {
      expect(() => group.createTask(5 as never)).toThrow(TypeError);
      expect(() => group.createTask(Promise.resolve() as never)).toThrow("pass the function");
      expect(() => group.createTask(() => sleep(0), { signal: 5 as never })).toThrow(TypeError);
      expect(String(group)).toBe("<TaskGroup entered>");
      return 1;
    });
    expect(yield* awaited(taskGroup(main))).toBe(1);
  });
});

describe("a task group whose own task is done before it", () => {
  test("reports the error of a task to the exception handler, for nobody can catch it", async () => {
    await runVirtual(async (loop) => {
      const reports = collectReports(loop);
      let group: Promise<unknown> = Promise.resolve();
      const parent = createTask(
        async () => {
          group = taskGroup(async (inner) => {
            inner.createTask(
              function* () {
                yield* sleep(2);
                throw new RangeError("late");
              },
              { name: "child" },
            );
          }).catch((error: unknown) => error);
          await sleep(1);
        },
        { name: "parent" },
      );
      await parent;
      expect(messagesOf(await group)).toEqual(["late"]);
      expect(reports.map(({ message, exception }) => [message, String(exception)])).toEqual([
        [
          expect.stringMatching(
            /^<Task .*'child'.*has failed, but the task of its group is done already: <Task .*'parent'/,
          ),
          "RangeError: late",
        ],
      ]);
    });
  });
});

describe("group.statistics() and String(group)", () => {
  eachEngine("tell how many tasks and errors there are, and whether new tasks are taken", function* (stage) {
    const { resting, failing } = work(stage);
    let kept: TaskGroup | undefined;
    const main = stage.body(function* (group: TaskGroup) {
      kept = group;
      expect(String(group)).toBe("<TaskGroup name='jobs' entered>");
      group.createTask(() => failing(1, "failed"));
      group.createTask(() => resting(10));
      expect(String(group)).toBe("<TaskGroup name='jobs' tasks=2 entered>");
      expect(group.statistics()).toEqual({ tasks: 2, errors: 0, state: "entered" });
      yield* failureOf(sleep(10));
      expect(String(group)).toBe("<TaskGroup name='jobs' errors=1 cancelling>");
    });
    yield* failureOf(taskGroup(main, { name: "jobs" }));
    expect(kept?.statistics()).toEqual({ tasks: 0, errors: 0, state: "finished" });
  });
});
