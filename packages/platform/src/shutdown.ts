import type { Runnable } from "@asyncio-ts/core";
import { allTasks, type Future, type Task } from "@asyncio-ts/tasks";
import type { EventLoop } from "./event-loop.ts";

/**
 * Cancel the tasks that are left on a loop, run it until they have ended, and report the errors that they ended with.
 *
 * A task that somebody starts meanwhile is not waited for; the close of the loop reports it.
 */
export async function cancelAllTasks(loop: EventLoop): Promise<void> {
  const left = loop.isClosed() ? [] : [...allTasks(loop)];
  if (left.length === 0) return;
  for (const task of left) task.cancel();
  await loop.runUntilComplete(new AllDone(loop, left).future);
  for (const task of left) reportFailure(task);
}

/** Waits for the end of all, whichever way each ends: `gather` with `returnExceptions`, which lies in a layer beside. */
class AllDone implements Runnable {
  readonly future: Future<void>;
  #pending: number;

  constructor(loop: EventLoop, tasks: readonly Task<unknown>[]) {
    this.future = loop.createFuture<void>();
    this.#pending = tasks.length;
    for (const task of tasks) task.addWaiter(this);
  }

  run(): void {
    this.#pending--;
    if (this.#pending === 0) this.future.setResult();
  }
}

/** Report the error that a task has ended with, if it has. */
export function reportFailure(task: Task<unknown>): void {
  if (task.cancelled()) return;
  const failure = task.failure();
  if (failure === null) return;
  task.loop.callExceptionHandler({
    message: "unhandled exception during asyncio.run() shutdown",
    exception: failure.error,
    task,
  });
}
