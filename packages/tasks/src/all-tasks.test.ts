import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { allTasks } from "./all-tasks.ts";
import { createTask } from "./create-task.ts";
import { currentTask } from "./current-task.ts";
import { sleep } from "./sleep.ts";
import { awaited, failureOf, runVirtual, VirtualLoop } from "./testing/index.ts";

describe("allTasks()", () => {
  eachEngine("tells the tasks that are not done, oldest first", function* ({ body }) {
    const work = body(function* (delay: number) {
      yield* awaited(sleep(delay));
    });
    const tasks = [3, 1, 2].map((delay) => createTask(() => work(delay), { name: `${delay}` }));
    const names = (): string[] => [...allTasks()].map((task) => task.getName());
    expect(names()).toEqual(["main", "3", "1", "2"]);
    yield* awaited(sleep(1.5));
    expect(names()).toEqual(["main", "3", "2"]);
    tasks[2]?.cancel();
    expect(names()).toEqual(["main", "3", "2"]);
    yield* failureOf(tasks[2] as PromiseLike<void>);
    yield* awaited(tasks[0] as PromiseLike<void>);
    expect(names()).toEqual(["main"]);
  });

  eachEngine("is a snapshot", function* () {
    const before = allTasks();
    const task = createTask(() => sleep(0));
    expect([before.size, allTasks().size]).toEqual([1, 2]);
    before.clear();
    yield* awaited(task);
    expect([...allTasks()][0] === currentTask()).toBe(true);
  });

  test("of a loop that is given are the tasks of that loop, also when it does not run", async () => {
    const loop = new VirtualLoop();
    expect(allTasks(loop).size).toBe(0);
    const task = createTask(() => sleep(0), { loop });
    await runVirtual(function* () {
      expect([allTasks().size, allTasks(loop).has(task)]).toEqual([1, true]);
    });
    task.addDoneCallback(() => loop.stop());
    await loop.runForever();
    expect(allTasks(loop).size).toBe(0);
  });

  test("without a running loop is refused", () => {
    expect(() => allTasks()).toThrow(
      expect.objectContaining({ name: "RuntimeError", message: expect.stringMatching(/^no running event loop/) }),
    );
  });
});
