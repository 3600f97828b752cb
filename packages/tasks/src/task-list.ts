import { perLoop, type Scheduler } from "@asyncio-ts/core";
import type { Task } from "./task.ts";

/**
 * The live tasks of a loop, oldest first.
 *
 * A doubly linked list through the tasks themselves: joining and leaving costs four assignments. The references are
 * strong, so that no task disappears because nobody kept it.
 */
export class TaskList implements Iterable<Task<unknown>> {
  #first: Task<unknown> | null = null;
  #last: Task<unknown> | null = null;

  add(task: Task<unknown>): void {
    task.previous = this.#last;
    if (this.#last === null) this.#first = task;
    else this.#last.next = task;
    this.#last = task;
  }

  delete(task: Task<unknown>): void {
    if (task.previous === null) this.#first = task.next;
    else task.previous.next = task.next;
    if (task.next === null) this.#last = task.previous;
    else task.next.previous = task.previous;
    task.previous = task.next = null;
  }

  *[Symbol.iterator](): Generator<Task<unknown>> {
    for (let task = this.#first; task !== null; task = task.next) yield task;
  }
}

/** The live tasks of `loop`. */
export const tasksOf: (loop: Scheduler) => TaskList = perLoop((loop) => {
  const tasks = new TaskList();
  loop.onClose(() => {
    for (const task of tasks) reportDestroyed(task);
  });
  return tasks;
});

function reportDestroyed(task: Task<unknown>): void {
  task.loop.callExceptionHandler({
    message: "Task was destroyed but it is pending!",
    task,
    createdAt: task.createdAt,
  });
}
