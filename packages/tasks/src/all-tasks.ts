import { loopOrRunning, type Scheduler } from "@asyncio-ts/core";
import type { Task } from "./task.ts";
import { tasksOf } from "./task-list.ts";

/**
 * The tasks of a loop that are not done, oldest first; a snapshot.
 *
 * @param loop - By default the running loop.
 * @throws {RuntimeError} No loop is given and none is running.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-task.html#asyncio.all_tasks}
 */
export function allTasks(loop?: Scheduler): Set<Task<unknown>> {
  return new Set(tasksOf(loopOrRunning(loop)));
}
