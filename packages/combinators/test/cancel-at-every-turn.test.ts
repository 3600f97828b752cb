import { allTasks, type CancelledError, createTask, currentTask, sleep, type Task } from "@asyncio-ts/tasks";
import { awaited, failureOf, type Stage } from "@asyncio-ts/tasks/testing";
import { describe, expect } from "vitest";
import { firstSuccess } from "../src/first-success.ts";
import { staggeredRace } from "../src/staggered-race.ts";
import type { TaskGroup } from "../src/task-group.ts";
import { taskGroup } from "../src/task-group-body.ts";
import { eachEngine } from "./each-engine.ts";

/** More turns than any of the programs takes. */
const turns = 16;

/** What a task has ended with that was cancelled from outside after so many turns. */
function* cancelledAfter(count: number, make: () => Task<unknown>): Generator<unknown, Task<unknown>> {
  const task = make();
  for (let turn = 0; turn < count; turn++) yield* awaited(sleep(0));
  task.cancel("outside");
  yield* awaited(sleep(10));
  expect(task.done()).toBe(true);
  expect([...allTasks()]).toHaveLength(1); // this one
  return task;
}

/** Programs that end by themselves after some turns; each of their tasks takes its time to clean up. */
function programs({ body }: Stage): Record<string, () => Task<unknown>> {
  const pausing = body(function* (count: number) {
    for (let n = 0; n < count; n++) yield* awaited(sleep(0));
    return count;
  });
  const slowlyCleaned = body(function* (count: number) {
    try {
      return yield* awaited(pausing(count));
    } catch (error) {
      yield* awaited(pausing(2));
      throw error;
    }
  });
  const serve = body(function* (ready: (value: number) => void) {
    yield* awaited(slowlyCleaned(2));
    ready(1);
    yield* awaited(slowlyCleaned(20));
  });
  const grouped = body(function* (group: TaskGroup) {
    yield* awaited(group.start(serve));
    group.createTask(() => slowlyCleaned(2));
    yield* awaited(pausing(2));
    group.cancel("inside");
  });
  const contenders = [() => slowlyCleaned(6), () => slowlyCleaned(3), () => slowlyCleaned(20)];
  return {
    "a group that starts, and ends itself": () => createTask(taskGroup(grouped)),
    "firstSuccess()": () => createTask(firstSuccess(contenders, { limit: 2 })),
    "staggeredRace()": () => createTask(staggeredRace(contenders, 0)),
  };
}

describe("a cancellation from outside", () => {
  eachEngine("is never lost, at whatever turn it comes, and leaves nothing running", function* (stage) {
    for (const [name, make] of Object.entries(programs(stage))) {
      const ends: string[] = [];
      for (let count = 0; count < turns; count++) {
        const task = yield* cancelledAfter(count, make);
        ends.push(task.cancelled() ? "cancelled" : "done");
        if (!task.cancelled()) continue;
        const { reason } = (yield* failureOf(task)) as CancelledError;
        expect(["outside", "inside"], `${name}, turn ${count}`).toContain(reason);
        expect(task.cancelling()).toBe(1);
      }
      // Until its end it is cancelled, and from then on it is done: never one between the other.
      expect(ends.join(" "), name).toMatch(/^cancelled( cancelled)+( done)+$/);
    }
    expect(currentTask()?.cancelling()).toBe(0);
  });
});
