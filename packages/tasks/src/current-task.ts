import { currentFrame } from "@asyncio-ts/contextvars";
import { loopOrRunning, type Scheduler } from "@asyncio-ts/core";
import { Task } from "./task.ts";

/**
 * The task that the current code belongs to, or `null` in a plain callback.
 *
 * Follows `await`: an `async` function that a task calls belongs to that task.
 *
 * @param loop - By default the running loop.
 * @throws {RuntimeError} No loop is given and none is running.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-task.html#asyncio.current_task}
 */
export function currentTask(loop?: Scheduler): Task<unknown> | null {
  const of = loopOrRunning(loop);
  const owner = currentFrame()?.owner;
  return owner instanceof Task && owner.loop === of && !owner.done() ? owner : null;
}
