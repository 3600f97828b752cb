import { RuntimeError, show } from "@asyncio-ts/contextvars";
import { type Runnable, type Scheduler, showAsString } from "@asyncio-ts/core";
import {
  Coroutine,
  cancellationOf,
  createTask,
  Future,
  type GeneratorBody,
  type Task,
  type TaskOptions,
  type Work,
} from "@asyncio-ts/tasks";
import { ExceptionGroup } from "./exception-group.ts";
import { type Starter, startIn } from "./task-group-start.ts";

/** How a task of a group is made: as any task, but in the loop of the group. */
export type GroupTaskOptions = Omit<TaskOptions, "loop">;

/** What a group counts. */
export interface TaskGroupStatistics {
  /** Tasks that are not done; the others are forgotten. */
  readonly tasks: number;
  /** Errors that the group will end with. */
  readonly errors: number;
  /** A *cancelling* group waits for its tasks to end, and takes no new ones. */
  readonly state: "entered" | "cancelling" | "finished";
}

/**
 * Tasks that end before the block ends that has started them; made by `taskGroup()`.
 *
 *  event                            effect
 *  a task fails                     its siblings are cancelled, and the body, unless that has ended
 *  the body fails, or is cancelled  the tasks are cancelled
 *  cancel()                         the tasks are cancelled, and the body, unless that has ended
 *  the body and all tasks ended     the group ends: with the errors of all, or cancelled, or else with the body's value
 *
 * After each of the first three, the group takes no new tasks. A task that is cancelled alone is no failure.
 *
 * @see {@link https://github.com/python/cpython/blob/main/Lib/asyncio/taskgroups.py}
 */
export class TaskGroup {
  static {
    showAsString(this);
  }

  readonly #name: string | undefined;
  readonly #loop: Scheduler;
  /** The task that runs the body. */
  readonly #parent: Task<unknown>;
  /** How many cancellations of the parent were requested before the group began: they are not the group's business. */
  readonly #requestsBefore: number;
  /** Those that are not done, in the order in which they were made. */
  readonly #children = new Set<Child>();
  #errors: unknown[] = [];
  #isExiting = false;
  #isAborting = false;
  /** The message of the abort. */
  #message: unknown = undefined;
  #hasCancelledParent = false;
  /** While the group waits for its tasks: done when there is none left. */
  #childless: Future<void> | null = null;

  /** @internal */
  constructor(loop: Scheduler, parent: Task<unknown>, name: string | undefined) {
    this.#loop = loop;
    this.#parent = parent;
    this.#requestsBefore = parent.cancelling();
    this.#name = name;
  }

  /**
   * Start work as a task of the group: `createTask()`, and the group does not end before it.
   *
   * Can be called by the body, by tasks of the group, and by anybody else who has the group.
   *
   * @throws {RuntimeError} The group is finished, or shutting down.
   * @throws {TypeError} `work` is neither a function, nor a coroutine, nor a generator.
   *
   * ## Cancellation
   * As of any task: an abort of `options.signal` cancels this task alone.
   *
   * @see {@link https://docs.python.org/3/library/asyncio-task.html#asyncio.TaskGroup.create_task}
   *
   * @example
   * await taskGroup(async (group) => {
   *   const task = group.createTask(() => sleep(1, "a"));
   *   await task // => "a"
   * });
   */
  createTask<T>(work: Work<T>, options: GroupTaskOptions = {}): Task<T> {
    this.#checkOpen(work);
    const { name, context, eagerStart, signal } = options;
    const task = createTask(work, { name, context, eagerStart, signal, loop: this.#loop });
    const child = new Child(this, task);
    if (task.done()) {
      this.childDone(child);
    } else {
      this.#children.add(child);
      task.addWaiter(child);
      if (this.#isAborting) task.cancel(this.#message); // an eager task whose first step has made another one fail
    }
    return task;
  }

  /**
   * Start work and wait until it is ready for others: a server that listens, a worker that has its connection.
   *
   * `body` is given a function `ready`, to be called once; `start()` then gives the value that `ready` was called with,
   * and the task goes on as any task of the group. Until then its failure is not the group's, but that of `start()`.
   *
   * @param body - Called as `body(ready)`; it is the task's work.
   * @throws {RuntimeError} The group is finished, or shutting down; or the task has returned without being ready.
   * @throws {TypeError} `body` is not a function.
   * @throws The error with which the task has failed before it was ready.
   *
   * ## Cancellation
   * Cancels the task and waits for its end. If that fails meanwhile and was not ready, its error is thrown.
   *
   * @see {@link https://trio.readthedocs.io/en/stable/reference-core.html#trio.Nursery.start}
   *
   * @example
   * const serve = async (ready: (port: number) => void) => {
   *   await sleep(1);
   *   ready(8080);
   *   await sleep(3600);
   * };
   * await taskGroup(async (group) => {
   *   await group.start(serve) // => 8080
   *   group.cancel();
   * });
   */
  start<T = void>(body: Starter<T>, options: GroupTaskOptions = {}): Coroutine<T> {
    if (typeof body !== "function") throw new TypeError(`start() needs a function, not ${show(body)}`);
    return startIn(this, body, options);
  }

  /**
   * End the group early and in peace: cancel its tasks, and the body if that has not ended.
   *
   * The group then ends without an error, unless something fails while it cleans up, or its own task is cancelled from
   * outside as well. Once the group is shutting down or finished, nothing happens.
   *
   * @param message - Reaches the `CancelledError`s.
   *
   * @see {@link https://docs.python.org/3.15/library/asyncio-task.html#asyncio.TaskGroup.cancel}
   *
   * @example
   * await taskGroup(async (group) => {
   *   const task = group.createTask(() => sleep(3600));
   *   group.cancel();
   *   await task; // cancelled, and so is the body
   * });
   */
  cancel(message?: unknown): void {
    if (!this.#isAborting && !this.#isFinished()) this.#abortAll(message);
  }

  /** How many tasks and errors there are, and whether the group takes new tasks. */
  statistics(): TaskGroupStatistics {
    const state = this.#isFinished() ? "finished" : this.#isAborting ? "cancelling" : "entered";
    return { tasks: this.#children.size, errors: this.#errors.length, state };
  }

  toString(): string {
    const { tasks, errors, state } = this.statistics();
    const name = this.#name === undefined ? "" : ` name='${this.#name}'`;
    return `<TaskGroup${name}${tasks > 0 ? ` tasks=${tasks}` : ""}${errors > 0 ? ` errors=${errors}` : ""} ${state}>`;
  }

  /** @internal */
  childDone(child: Child): void {
    const { task } = child;
    this.#children.delete(child);
    if (this.#children.size === 0 && this.#childless?.done() === false) this.#childless.setResult();
    const failure = task.cancelled() ? null : task.failure();
    if (failure === null) return;
    this.#errors.push(failure.error);
    if (this.#parent.done()) this.#reportOrphan(task, failure.error);
    else if (!this.#isAborting) this.#abortAll();
  }

  /**
   * @internal Wait for the tasks, then end as they and the body have ended.
   *
   * @param thrown - What the body has thrown, if it has.
   */
  *exit(thrown: { readonly error: unknown } | null): GeneratorBody<void> {
    this.#isExiting = true;
    const isCancelled = thrown !== null && cancellationOf(thrown.error, this.#parent.cancelling()) !== null;
    const cancellations = isCancelled ? [thrown.error] : [];
    if (thrown !== null && !this.#isAborting) this.#abort();
    yield* this.#waitForChildren(cancellations);

    const isOurs = this.#hasCancelledParent && this.#parent.uncancel() <= this.#requestsBefore;
    if (thrown !== null && !isCancelled) this.#errors.push(thrown.error);
    if (this.#errors.length > 0) this.#throwErrors();
    if (cancellations.length === 0 || isOurs) return;
    // After a cancel of ours one from outside has come: https://github.com/python/cpython/issues/155433
    throw this.#hasCancelledParent ? cancellations.at(-1) : cancellations[0];
  }

  /** @param cancellations - Gets those that arrive meanwhile. */
  *#waitForChildren(cancellations: unknown[]): GeneratorBody<void> {
    while (this.#children.size > 0) {
      this.#childless = new Future({ loop: this.#loop });
      try {
        yield* this.#childless;
      } catch (error) {
        cancellations.push(error);
        if (!this.#isAborting) this.#abort();
      }
    }
    this.#childless = null;
  }

  #throwErrors(): never {
    // A cancellation from outside that has been met must not be lost: it is thrown again at the next suspension.
    if (this.#parent.cancelling() > 0) {
      this.#parent.uncancel();
      this.#parent.cancel();
    }
    const errors = this.#errors;
    this.#errors = []; // whoever keeps the group need not keep them
    throw new ExceptionGroup("unhandled errors in a TaskGroup", errors);
  }

  #abortAll(message?: unknown): void {
    this.#abort(message);
    this.#hasCancelledParent = true;
    this.#parent.cancel(message);
  }

  #abort(message?: unknown): void {
    this.#isAborting = true;
    this.#message = message;
    for (const { task } of this.#children) if (!task.done()) task.cancel(message);
  }

  #reportOrphan(task: Task<unknown>, exception: unknown): void {
    const message = `${task.toString()} has failed, but the task of its group is done already: ${this.#parent.toString()}`;
    this.#loop.callExceptionHandler({ message, exception, task });
  }

  #isFinished(): boolean {
    return this.#isExiting && this.#children.size === 0;
  }

  #checkOpen(work: unknown): void {
    if (!this.#isAborting && !this.#isFinished()) return;
    if (work instanceof Coroutine) work.close(); // it will never run, but nobody forgot it
    const state = this.#isFinished() ? "finished" : "shutting down";
    throw new RuntimeError(`Cannot create a task in ${this.toString()}, which is ${state}`);
  }
}

/** A task of a group, which tells the group when it is done. */
class Child implements Runnable {
  readonly task: Task<unknown>;
  readonly #group: TaskGroup;

  constructor(group: TaskGroup, task: Task<unknown>) {
    this.#group = group;
    this.task = task;
  }

  run(): void {
    this.#group.childDone(this);
  }
}
