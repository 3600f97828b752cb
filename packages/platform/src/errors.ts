import { brand, RuntimeError } from "@asyncio-ts/contextvars";
import type { Task } from "@asyncio-ts/tasks";

/**
 * Tasks are pending, and nothing can ever wake the loop: no handle is ready, no timer is armed, no I/O is open.
 *
 * The message names each pending task with what it waits on, and in debug mode where.
 */
export class DeadlockError extends RuntimeError {
  static {
    brand(this, "asyncio-ts.DeadlockError");
  }

  /** The tasks that wait for ever, oldest first. */
  readonly tasks: readonly Task<unknown>[];

  constructor(tasks: readonly Task<unknown>[]) {
    super(
      [`Nothing can wake the event loop any more; tasks pending: ${tasks.length}`, ...tasks.map(describe)].join("\n"),
    );
    this.tasks = tasks;
  }
}

function describe(task: Task<unknown>): string {
  return [`  ${task.toString()}`, ...task.waitingAt()].join("\n");
}
