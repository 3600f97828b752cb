import { RuntimeError, show } from "@asyncio-ts/contextvars";
import { getRunningLoop } from "@asyncio-ts/core";
import {
  type Body,
  type Coroutine,
  checkLimits,
  coroutine,
  coroutineOf,
  currentTask,
  type GeneratorBody,
} from "@asyncio-ts/tasks";
import { abortable } from "./cancel-scope.ts";
import { TaskGroup } from "./task-group.ts";

/** How a group is made, and what ends it early. */
export interface TaskGroupOptions {
  /** For messages and debugging. */
  readonly name?: string | undefined;
  /** Cancels the body and the tasks when it is aborted; the group then fails with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Run `body` with a group of tasks, and wait for all of them: what is started here has ended when this ends.
 *
 * When a task fails, the others and the body are cancelled; when the body fails, all tasks. Once all have ended, the
 * errors of all are thrown together, as an `ExceptionGroup`. Tasks may be added as long as the group is not shutting
 * down, by the tasks as well. The group forgets those that are done, so it can serve for years.
 *
 * @param body - Called as `body(group)`, in the current task.
 * @returns What the body returns; `undefined` if `group.cancel()` has interrupted it.
 * @throws {TypeError} `body` is not a function, or an option is of the wrong type.
 * @throws {ExceptionGroup} The body or tasks have failed: their errors, in the order in which they came, that of the
 * body last. A `CancelledError` of a task is not one of them.
 * @throws The reason of `signal`, when that has interrupted the group, and nothing fails.
 *
 * ## Cancellation
 * Cancels the body and the tasks, and waits for them. Then the `CancelledError` goes on; if something failed meanwhile,
 * the `ExceptionGroup` goes first, and the cancellation is delivered at the next suspension.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-task.html#task-groups}
 *
 * @example
 * const [a, b] = await taskGroup(async (group) => {
 *   const first = group.createTask(() => sleep(2, "a"));
 *   const second = group.createTask(() => sleep(1, "b"));
 *   return [await first, await second];
 * });
 * a + b // => "ab"
 */
export function taskGroup<T>(body: Body<[TaskGroup], T>, options: TaskGroupOptions = {}): Coroutine<T> {
  if (typeof body !== "function") throw new TypeError(`taskGroup() needs a function, not ${show(body)}`);
  checkLimits("taskGroup", options);
  return runInGroup(body, options) as Coroutine<T>;
}

const runInGroup = coroutine(function* taskGroup<T>(body: Body<[TaskGroup], T>, options: TaskGroupOptions) {
  return yield* abortable("taskGroup", options.signal, groupSteps(body, options.name));
});

function* groupSteps<T>(body: Body<[TaskGroup], T>, name: string | undefined): GeneratorBody<T | undefined> {
  const loop = getRunningLoop();
  const parent = currentTask(loop);
  if (parent === null) throw new RuntimeError("taskGroup() needs a current task; a plain callback has none");
  const group = new TaskGroup(loop, parent, name);
  let value: T | undefined;
  let thrown: { readonly error: unknown } | null = null;
  try {
    value = yield* coroutineOf(body, group);
  } catch (error) {
    thrown = { error };
  }
  yield* group.exit(thrown);
  return value;
}
