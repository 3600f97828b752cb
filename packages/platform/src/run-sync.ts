import { RuntimeError, show } from "@asyncio-ts/contextvars";
import { loopOfFlow } from "@asyncio-ts/core";
import { allTasks, type GeneratorBody, type Task, type Work } from "@asyncio-ts/tasks";
import { BlockingHost } from "./blocking-host.ts";
import { DeadlockError } from "./errors.ts";
import { EventLoop } from "./event-loop.ts";
import { closeUnused } from "./main-work.ts";
import { reportFailure } from "./shutdown.ts";

/** Settings of `runSync`. */
export interface RunSyncOptions {
  /** Debug mode of the loop; by default as the loop is made. */
  readonly debug?: boolean | undefined;
}

/**
 * Run `main` on a loop of its own to its end, then cancel the tasks that it left behind, and return its result: `run` that
 * blocks.
 *
 * For worker threads that have nothing else to do. The thread sleeps while the loop does. Promises settle only after it has
 * returned, so `main` and all that it waits for are generator coroutines. Other threads can call the loop through
 * `threadsafeHandle`.
 *
 * @param main - A function that makes the work, called on the loop; a coroutine or a generator.
 * @throws {RuntimeError} Called inside a running loop, or in a thread that must not block, as that of a page.
 * @throws {TypeError} `main` cannot be run, or an option is of the wrong type.
 * @throws {RuntimeError} The loop was stopped before `main` was done.
 * @throws {DeadlockError} `main` waits for something that can never happen, as a promise.
 * @throws What `main` throws. If the shutdown fails as well, its error is thrown, with that of `main` as its cause.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-runner.html#asyncio.run}
 *
 * @example
 * runSync(function* () {
 *   yield* sleep(0.01);
 *   return "done";
 * }) // => "done"
 */
export function runSync<T>(main: Work<T>, options: RunSyncOptions = {}): T {
  const host = new BlockingHost();
  const loop = makeLoop(host, main, options);
  try {
    return runAndCleanUp(loop, host, main);
  } finally {
    loop.close();
  }
}

function makeLoop(host: BlockingHost, main: unknown, options: RunSyncOptions): EventLoop {
  const { debug } = options;
  try {
    if (debug !== undefined && typeof debug !== "boolean") {
      throw new TypeError(`The option debug is a boolean, not ${show(debug)}`);
    }
    if (loopOfFlow() !== null) throw new RuntimeError("runSync() cannot be called from a running event loop");
    checkThreadMaySleep();
    return new EventLoop(host, options);
  } catch (error) {
    closeUnused(main);
    throw error;
  }
}

function runAndCleanUp<T>(loop: EventLoop, host: BlockingHost, main: Work<T>): T {
  let result: T;
  try {
    result = complete(loop, host, main);
  } catch (failure) {
    try {
      cleanUp(loop, host);
    } catch (error) {
      if (error instanceof Error) error.cause ??= failure;
      throw error;
    }
    throw failure;
  }
  cleanUp(loop, host);
  return result;
}

function cleanUp(loop: EventLoop, host: BlockingHost): void {
  const left = [...allTasks(loop)];
  for (const task of left) task.cancel();
  if (left.length > 0) complete(loop, host, () => waitForAll(left));
  for (const task of left) reportFailure(task);
}

/** Run until `work` is done, as `runUntilComplete` does, but here and now. */
function complete<T>(loop: EventLoop, host: BlockingHost, work: Work<T>): T {
  const task = loop.createTask(work);
  void loop.runUntilComplete(task).catch(() => {}); // settles later; what it tells is known then
  const isStuck = host.runUntil(() => !loop.isRunning());
  if (task.done()) return task.result();
  if (isStuck) throw new DeadlockError([...allTasks(loop)]);
  throw new RuntimeError("Event loop stopped before the future was done");
}

function* waitForAll(tasks: readonly Task<unknown>[]): GeneratorBody<void> {
  for (const task of tasks) {
    try {
      yield* task;
    } catch {
      // Reported once all have ended.
    }
  }
}

/** Pages forbid their main thread to sleep. */
function checkThreadMaySleep(): void {
  try {
    if (typeof SharedArrayBuffer === "function") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
  } catch (cause) {
    throw new RuntimeError("runSync() cannot be called in a thread that must not block", { cause });
  }
}
