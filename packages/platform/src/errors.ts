import { brand, RuntimeError } from "@asyncio-ts/contextvars";
import type { Task } from "@asyncio-ts/tasks";

/** A program that has more pending tasks than this does not need to read them all. */
const tasksListed = 1_000;

/**
 * Nothing can ever wake the loop again: no handle is ready, no timer is armed, no I/O is open.
 *
 * The message names each pending task with what it waits on, and in debug mode where it waits. CPython would hang here.
 *
 * @example
 * const error = await run(async () => {
 *   await new Future(); // nobody has it, nobody will set its result
 * }).catch((reason) => reason);
 * error.name // => "DeadlockError"
 * error.tasks.length // => 1
 */
export class DeadlockError extends RuntimeError {
  static {
    brand(this, "asyncio-ts.DeadlockError");
  }

  /** Not a property: Node shows those of an uncaught error with all that they refer to. */
  readonly #tasks: readonly Task<unknown>[];

  constructor(tasks: readonly Task<unknown>[]) {
    super([headline(tasks), ...tasks.slice(0, tasksListed).map(describe), ...hints(tasks)].join("\n"));
    this.#tasks = tasks;
  }

  /** The tasks that wait for ever, oldest first; none in another thread, where the message is what tells of them. */
  get tasks(): readonly Task<unknown>[] {
    return #tasks in this ? this.#tasks : [];
  }
}

/**
 * The user interrupted the program with Ctrl-C (SIGINT), or whoever runs it has asked it to end (SIGTERM), and the main task
 * has ended by that.
 *
 * Its `cause` is the `CancelledError` that ended the main task.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-runner.html#handling-keyboard-interruption}
 *
 * @example
 * new KeyboardInterrupt().signal // => "SIGINT"
 */
export class KeyboardInterrupt extends Error {
  static {
    brand(this, "asyncio-ts.KeyboardInterrupt");
  }

  /** Which signal it was. */
  readonly signal: "SIGINT" | "SIGTERM";

  constructor(
    message = "The run was interrupted by SIGINT",
    { signal = "SIGINT", ...options }: ErrorOptions & { readonly signal?: "SIGINT" | "SIGTERM" } = {},
  ) {
    super(message, options);
    this.signal = signal;
    Object.defineProperty(this, "signal", { enumerable: false }); // the message says it
  }
}

function headline(tasks: readonly Task<unknown>[]): string {
  const count = tasks.length === 0 ? "no task is pending" : `tasks pending: ${tasks.length}`;
  return `Nothing can wake the event loop any more; ${count}`;
}

function describe(task: Task<unknown>): string {
  const waitsOnPromise = task.waitingOn().length === 0 ? " waits on a promise that no loop knows of" : "";
  return [`  ${task.toString()}${waitsOnPromise}`, ...task.waitingAt()].join("\n");
}

function hints(tasks: readonly Task<unknown>[]): string[] {
  const lines: string[] = [];
  if (tasks.length > tasksListed) lines.push(`  and ${tasks.length - tasksListed} more`);
  if (tasks.length > 0 && !tasks[0]?.loop.getDebug()) lines.push("Debug mode (ASYNCIO_DEBUG=1) shows where they wait");
  return lines;
}
