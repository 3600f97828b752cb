import { RuntimeError } from "@asyncio-ts/contextvars";
import { BaseEventLoop, type Runnable } from "@asyncio-ts/core";
import {
  allTasks,
  createTask,
  ensureFuture,
  Future,
  getTaskFactory,
  isFuture,
  type Startable,
  setTaskFactory,
  type Task,
  type TaskFactory,
  type TaskOptions,
  type Work,
} from "@asyncio-ts/tasks";
import { DeadlockError } from "./errors.ts";

/**
 * The loop that users hold: the engine of `core` with a method for each thing that the layers above add to it.
 *
 * Each method forwards to the function of the same name, which works on any loop.
 */
export class EventLoop extends BaseEventLoop {
  /** Schedule work as a task of this loop; see `createTask`. */
  createTask<T>(work: Work<T>, options: Omit<TaskOptions, "loop"> = {}): Task<T> {
    return createTask(work, { ...options, loop: this });
  }

  /** A future of this loop; see `Future`. */
  createFuture<T>(): Future<T> {
    return new Future<T>({ loop: this });
  }

  /** Make the tasks of this loop with `factory`; `null` restores the default. */
  setTaskFactory(factory: TaskFactory | null): void {
    setTaskFactory(this, factory);
  }

  /** The task factory of this loop; `null` for the default. */
  getTaskFactory(): TaskFactory | null {
    return getTaskFactory(this);
  }

  /**
   * Run until `work` is done, and answer its result.
   *
   * @param work - A future, a coroutine, a promise, or a function that makes one; work becomes a task of this loop.
   * @throws {RuntimeError} The loop is closed or running, or was stopped before `work` was done.
   * @throws {DeadlockError} `work` waits for something that can never happen.
   * @throws What `work` throws.
   */
  async runUntilComplete<T>(work: Startable<T>): Promise<T> {
    this.checkRunnable();
    const isNew = !isFuture(work);
    const future = ensureFuture(work, { loop: this });
    const stopper: Runnable = { run: () => this.stop() };
    future.addWaiter(stopper);
    try {
      await this.runForever();
    } catch (error) {
      if (isNew) future.failure(); // read here, so that it is not reported a second time
      throw error;
    } finally {
      future.removeWaiter(stopper);
    }
    if (!future.done()) throw new RuntimeError("Event loop stopped before the future was done");
    return future.result();
  }

  protected override deadlockError(): Error {
    return new DeadlockError([...allTasks(this)]);
  }
}
