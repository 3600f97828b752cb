import { show } from "@asyncio-ts/contextvars";
import type { TaskFactory } from "./create-task.ts";
import { Task, type TaskOptions, type Work } from "./task.ts";

/** A class of tasks, as `createEagerTaskFactory` takes it. */
export type TaskConstructor = new <T>(work: Work<T>, options: TaskOptions) => Task<T>;

/**
 * A task factory whose tasks take their first step at once, inside `createTask`.
 *
 * A generator body that ends without suspending is then done before `createTask` returns, and no turn passes. A native
 * body starts at once as well; that it has ended shows only when its promise settles. `eagerStart: false` in the options
 * of a single task has it begin in the next turn.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-task.html#asyncio.create_eager_task_factory}
 */
export function createEagerTaskFactory(taskClass: TaskConstructor): TaskFactory {
  if (typeof taskClass !== "function") {
    throw new TypeError(`createEagerTaskFactory() needs a class of tasks, not ${show(taskClass)}`);
  }
  // Written out, for a spread with something added to it costs more than the task itself.
  return (_loop, work, { name, context, signal, loop, eagerStart = true }) =>
    new taskClass(work, { name, context, signal, loop, eagerStart });
}

/**
 * The eager task factory of the ordinary `Task`: `setTaskFactory(loop, eagerTaskFactory)`.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-task.html#asyncio.eager_task_factory}
 */
export const eagerTaskFactory: TaskFactory = createEagerTaskFactory(Task);
