import { RuntimeError, show } from "@asyncio-ts/contextvars";
import { loopOrRunning, perLoop, type Scheduler } from "@asyncio-ts/core";
import { Coroutine } from "./coroutine.ts";
import { Task, type TaskOptions, type Work } from "./task.ts";

/** Makes the tasks of a loop. It gets all options of `createTask`, the loop included. */
export type TaskFactory = <T>(loop: Scheduler, work: Work<T>, options: TaskOptions) => Task<T>;

const factories = perLoop<{ factory: TaskFactory | null }>(() => ({ factory: null }));

/**
 * Schedule work as a task: it begins in the next turn and runs beside its creator.
 *
 * @param work - A function that makes the work, called by the loop when the task begins; a coroutine; or a generator.
 * @returns The task, a future of what the work returns. The loop keeps it alive until it is done.
 * @throws {TypeError} `work` is none of these; for a running promise, pass the function that makes it.
 * @throws {RuntimeError} No loop is given and none is running, or the loop is closed.
 *
 * ## Cancellation
 * `task.cancel()`, or the abort of `options.signal`, throws a `CancelledError` where the work is suspended.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-task.html#asyncio.create_task}
 *
 * @example
 * const task = createTask(async () => {
 *   await sleep(1);
 *   return "done";
 * });
 * await task // => "done"
 */
export function createTask<T>(work: Work<T>, options: TaskOptions = {}): Task<T> {
  try {
    const loop = loopOrRunning(options.loop);
    if (loop.isClosed()) throw new RuntimeError("Event loop is closed");
    const { factory } = factories(loop);
    const withLoop = options.loop === undefined ? optionsOf(options, loop) : options;
    return factory === null ? new Task(work, withLoop) : factory(loop, work, withLoop);
  } catch (error) {
    if (work instanceof Coroutine) work.close(); // it will never run: no second complaint
    throw error;
  }
}

/** Written out, for a spread with something added to it costs ten times as much. */
function optionsOf({ name, context, eagerStart, signal }: TaskOptions, loop: Scheduler): TaskOptions {
  return { name, context, eagerStart, signal, loop };
}

/**
 * Make the tasks of `loop` with `factory`; `null` restores the default.
 *
 * @throws {TypeError} `factory` is neither a function nor `null`.
 */
export function setTaskFactory(loop: Scheduler, factory: TaskFactory | null): void {
  if (factory !== null && typeof factory !== "function") {
    throw new TypeError(`A task factory is a function or null, not ${show(factory)}`);
  }
  factories(loopOrRunning(loop)).factory = factory;
}

/** The task factory of `loop`; `null` for the default. */
export function getTaskFactory(loop: Scheduler): TaskFactory | null {
  return factories(loopOrRunning(loop)).factory;
}
