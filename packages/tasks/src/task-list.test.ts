import { describe, expect, test } from "vitest";
import { allTasks } from "./all-tasks.ts";
import { createTask } from "./create-task.ts";
import { Future } from "./future.ts";
import { sleep } from "./sleep.ts";
import { Task } from "./task.ts";
import { TaskList, tasksOf } from "./task-list.ts";
import { collectReports, runVirtual, VirtualLoop } from "./testing/index.ts";

/** A list of tasks that belong to no list: their loop never runs. */
function list(...names: string[]): { tasks: TaskList; members: Task<unknown>[]; names(): string[] } {
  const loop = new VirtualLoop();
  const home = tasksOf(loop);
  const tasks = new TaskList();
  const members = names.map((name) => {
    const task: Task<unknown> = new Task(() => sleep(1), { loop, name });
    home.delete(task);
    tasks.add(task);
    return task;
  });
  return { tasks, members, names: () => [...tasks].map((task) => task.getName()) };
}

describe("TaskList", () => {
  test("is empty at first", () => {
    expect([...new TaskList()]).toEqual([]);
  });

  for (const [removed, left] of [
    ["a", "bc"],
    ["b", "ac"],
    ["c", "ab"],
    ["ab", "c"],
    ["bc", "a"],
    ["ca", "b"],
    ["abc", ""],
    ["cba", ""],
    ["bac", ""],
  ] as const) {
    test(`keeps the order of the others when ${removed.split("").join(", then ")} leaves`, () => {
      const { tasks, members, names } = list("a", "b", "c");
      for (const name of removed) tasks.delete(members["abc".indexOf(name)] as Task<unknown>);
      expect(names().join("")).toBe(left);
      tasks.add(members["abc".indexOf(removed[0] as string)] as Task<unknown>);
      expect(names().join("")).toBe(left + removed[0]);
    });
  }

  test("lets go of a task that has left", () => {
    const { tasks, members } = list("a", "b", "c");
    const [a, b, c] = members as [Task<unknown>, Task<unknown>, Task<unknown>];
    tasks.delete(b);
    expect([b.previous, b.next, a.next === c, c.previous === a]).toEqual([null, null, true, true]);
  });

  test("10,000 tasks that are pending at once leave it empty", async () => {
    await runVirtual(async (loop) => {
      const gate = new Future<void>();
      const started: Task<void>[] = [];
      for (let i = 0; i < 10_000; i++) {
        started.push(i % 2 === 0 ? createTask(async () => await gate) : createTask(() => gate));
      }
      expect(allTasks().size).toBe(10_001);
      await sleep(0);
      gate.setResult();
      for (const task of started) await task;
      expect([...tasksOf(loop)].map((task) => task.getName())).toEqual(["main"]);
    });
  });

  test("10,000 tasks that end in a different order than they began leave it empty", async () => {
    await runVirtual(function* (loop) {
      const started = Array.from({ length: 10_000 }, (_, i) => createTask(() => sleep((i * 7919) % 1_000)));
      yield* sleep(2_000);
      expect(started.every((task) => task.done())).toBe(true);
      expect([...tasksOf(loop)].map((task) => task.getName())).toEqual(["main"]);
    });
  });
});

describe("a task that is pending when its loop is closed", () => {
  test("[25] is reported, with the task and in debug mode with where it was made", async () => {
    for (const debug of [false, true]) {
      const loop = new VirtualLoop({ debug });
      const reports = collectReports(loop);
      const killMe = createTask(() => new Future<void>({ loop }), { loop, name: "kill me" });
      createTask(() => sleep(0), { loop });
      loop.callLater(1, () => loop.stop());
      await loop.runForever();
      expect(reports).toEqual([]);
      loop.close();
      expect(reports.map((each) => each.message)).toEqual(["Task was destroyed but it is pending!"]);
      expect(reports[0]?.task === killMe).toBe(true);
      expect(reports[0]?.createdAt?.includes("task-list.test.ts") ?? false).toBe(debug);
    }
  });

  test("is reported once, also if it never began, and oldest first", () => {
    const loop = new VirtualLoop();
    const reports = collectReports(loop);
    const tasks = ["a", "b", "c"].map((name) => createTask(() => sleep(1), { loop, name }));
    loop.close();
    loop.close();
    expect(reports.map((each) => (each.task as Task<unknown>).getName())).toEqual(["a", "b", "c"]);
    expect(tasks.every((task) => !task.done())).toBe(true);
  });
});
