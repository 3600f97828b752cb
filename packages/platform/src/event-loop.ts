import { RuntimeError } from "@asyncio-ts/contextvars";
import {
  BaseEventLoop,
  type Callback,
  type EventLoopOptions,
  type Handle,
  type Host,
  type Runnable,
  type Seconds,
} from "@asyncio-ts/core";
import { type Executor, runInExecutor, setDefaultExecutor, shutdownDefaultExecutor } from "@asyncio-ts/executors";
import {
  allTasks,
  type Coroutine,
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
import { BlockingHost } from "./blocking-host.ts";
import { DeadlockError } from "./errors.ts";
import { closeUnused } from "./main-work.ts";
import { openHandle, type Services, type ThreadsafeHandle } from "./threadsafe-handle.ts";
import { forgetUnclosed, watchExit, watchUnclosed } from "./unclosed.ts";

/**
 * The loop that programs hold: the engine of `core` with a method for each thing that the layers above add to it.
 *
 * Each method forwards to the function of the same name, which works on any loop. `newEventLoop()` makes one for this
 * platform. What a loop still holds that was never
 * closed, pending tasks and errors that nobody has read, is reported when the process exits; in debug mode also that it
 * was never closed, and that as soon as it is dropped.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html}
 *
 * @example
 * const loop = newEventLoop();
 * const task = loop.createTask(async () => {
 *   await sleep(0.01);
 *   return "done";
 * });
 * await loop.runUntilComplete(task);
 * task.result() // => "done"
 * loop.close();
 */
export class EventLoop extends BaseEventLoop {
  readonly #host: Host;

  /** @param host - What the loop runs on: `NodeHost`, or one in virtual time. */
  constructor(host: Host, options: EventLoopOptions = {}) {
    super(host, options);
    this.#host = host;
    watchExit(this);
    if (this.getDebug()) watchUnclosed(this);
  }

  /**
   * Schedule work as a task of this loop; see `createTask`.
   *
   * @throws {TypeError} `work` is neither a function, nor a coroutine, nor a generator.
   * @throws {RuntimeError} The loop is closed.
   */
  createTask<T>(work: Work<T>, options: Omit<TaskOptions, "loop"> = {}): Task<T> {
    const { name, context, eagerStart, signal } = options; // a spread in the place of a literal costs as much as a task
    return createTask(work, { name, context, eagerStart, signal, loop: this });
  }

  /** A future of this loop; see `Future`. */
  createFuture<T>(): Future<T> {
    return new Future<T>({ loop: this });
  }

  /**
   * Make the tasks of this loop with `factory`; `null` restores the default.
   *
   * @throws {TypeError} `factory` is neither a function nor `null`.
   */
  setTaskFactory(factory: TaskFactory | null): void {
    setTaskFactory(this, factory);
  }

  /** The task factory of this loop; `null` for the default. */
  getTaskFactory(): TaskFactory | null {
    return getTaskFactory(this);
  }

  /**
   * Run `fn(...args)` in an executor, `null` for the default one; see `runInExecutor`.
   *
   * @throws {TypeError} `fn` is a closure, or `executor` is none.
   * @throws {RuntimeError} The executor is shut down.
   */
  runInExecutor<Args extends unknown[], R>(
    executor: Executor | null,
    fn: (...args: Args) => R,
    ...args: Args
  ): Future<Awaited<R>> {
    return runInExecutor(this, executor, fn, ...args);
  }

  /**
   * Have `executor` run what is given to the default executor.
   *
   * @throws {TypeError} `executor` is not a `ThreadPoolExecutor`.
   */
  setDefaultExecutor(executor: Executor): void {
    setDefaultExecutor(this, executor);
  }

  /** Shut down the default executor, and wait until its threads have ended; see `shutdownDefaultExecutor`. */
  shutdownDefaultExecutor(timeout: Seconds | null = null): Coroutine<void> {
    return shutdownDefaultExecutor(this, timeout);
  }

  /**
   * `callSoon`, by its name for other threads: within this thread it is the same. Other threads use `threadsafeHandle`.
   *
   * @throws {TypeError} `callback` is not a function.
   * @throws {RuntimeError} The loop is closed.
   */
  callSoonThreadsafe<Args extends unknown[]>(callback: Callback<Args>, ...args: Args): Handle {
    return this.callSoon(callback, ...args);
  }

  /**
   * Make a handle by which another thread can call `services` on this loop, until the loop is closed; see `attachLoop`.
   *
   * @param services - Functions by name: an object, or a module. Only these can be called.
   * @throws {TypeError} `services` is not an object.
   * @throws {RuntimeError} The loop is closed.
   */
  threadsafeHandle<S extends Services>(services: S): ThreadsafeHandle<S> {
    return openHandle(this, services, this.#host instanceof BlockingHost ? this.#host : null);
  }

  /**
   * Run until `work` is done, and answer its result.
   *
   * Tasks that are pending then stay so, until the loop runs again.
   *
   * @param work - A future, a coroutine, a promise, or a function that makes one; work becomes a task of this loop.
   *
   * ## Cancellation
   * The promise that is returned cannot be cancelled; `work` can, if it is a future or a task.
   *
   * @throws {RuntimeError} The loop is closed or running, or it was stopped before `work` was done.
   * @throws {TypeError} `work` cannot be awaited.
   * @throws {RangeError} `work` is a future of another loop.
   * @throws {DeadlockError} `work` waits for something that can never happen.
   * @throws What `work` throws.
   *
   * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.run_until_complete}
   */
  async runUntilComplete<T>(work: Startable<T>): Promise<T> {
    const isNew = !isFuture(work);
    const future = this.#futureOf(work);
    const stopper = new Stopper(this);
    future.addWaiter(stopper);
    try {
      await this.runForever();
    } catch (error) {
      if (isNew) future.failure(); // read here, so that it is not reported a second time
      throw error;
    } finally {
      stopper.isWanted = false;
      future.removeWaiter(stopper);
    }
    if (!future.done()) throw new RuntimeError("Event loop stopped before the future was done");
    return future.result();
  }

  override setDebug(enabled: boolean): void {
    super.setDebug(enabled);
    if (this.getDebug() && !this.isClosed()) watchUnclosed(this);
    else forgetUnclosed(this);
  }

  override close(): void {
    super.close();
    forgetUnclosed(this);
  }

  protected override deadlockError(): Error {
    return new DeadlockError([...allTasks(this)]);
  }

  #futureOf<T>(work: Startable<T>): Future<T> {
    try {
      this.checkRunnable();
      return ensureFuture(work, { loop: this });
    } catch (error) {
      closeUnused(work);
      throw error;
    }
  }
}

/** Stops a loop when a future is done; but not the next run, if something else has stopped this one meanwhile. */
class Stopper implements Runnable {
  readonly #loop: EventLoop;
  isWanted = true;

  constructor(loop: EventLoop) {
    this.#loop = loop;
  }

  run(): void {
    if (this.isWanted) this.#loop.stop();
  }
}
