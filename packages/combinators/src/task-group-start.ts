import { RuntimeError } from "@asyncio-ts/contextvars";
import { getRunningLoop, nameOf, type Runnable, type Scheduler } from "@asyncio-ts/core";
import {
  type Coroutine,
  cancellationOf,
  coroutine,
  coroutineOf,
  currentTask,
  Future,
  type GeneratorBody,
} from "@asyncio-ts/tasks";
import type { GroupTaskOptions, TaskGroup } from "./task-group.ts";

/** The work of a task that others wait for until it calls `ready`. */
export type Starter<T> = (ready: (value: T) => void) => GeneratorBody<unknown> | PromiseLike<unknown>;

/** Start `body` as a task of `group`, and wait until it is ready. */
export function startIn<T>(group: TaskGroup, body: Starter<T>, options: GroupTaskOptions): Coroutine<T> {
  return waitUntilReady(group, body, options) as Coroutine<T>;
}

const waitUntilReady = coroutine(function* start<T>(group: TaskGroup, body: Starter<T>, options: GroupTaskOptions) {
  const starting = new Starting(getRunningLoop(), body);
  const task = group.createTask(starting.work, options);
  task.addWaiter(starting);
  let cancellation: { readonly error: unknown } | null = null;
  while (!task.done() && (!starting.isReady || cancellation !== null)) {
    try {
      yield* starting.news();
    } catch (error) {
      cancellation = { error };
      task.cancel();
    }
  }
  task.removeWaiter(starting);
  if (starting.failure !== null) throw starting.failure.error;
  if (cancellation !== null) throw cancellation.error;
  if (starting.isReady) return starting.value as T;
  if (task.cancelled()) throw task.failure()?.error;
  throw new RuntimeError(`Cannot start ${nameOf(body)}(), which has returned without calling ready()`);
});

/**
 *  event                   effect
 *  `ready(value)`          from here on it is a task of the group as any other
 *  the body throws         before it was ready: kept for `start()`, and the task ends as if nothing had happened
 *  the task is done        before it was ready: there is nothing left to wait for
 */
class Starting<T> implements Runnable {
  readonly work: () => GeneratorBody<void>;
  isReady = false;
  value: T | undefined;
  failure: { readonly error: unknown } | null = null;
  readonly #loop: Scheduler;
  #news: Future<void> | null = null;

  constructor(loop: Scheduler, body: Starter<T>) {
    this.#loop = loop;
    this.work = Object.defineProperty(() => this.#run(body), "name", { value: body.name });
  }

  /** Done when the body is ready, or its task done. */
  news(): Future<void> {
    this.#news = new Future({ loop: this.#loop });
    return this.#news;
  }

  /** The task is done. */
  run(): void {
    if (this.#news?.done() === false) this.#news.setResult();
  }

  *#run(body: Starter<T>): GeneratorBody<void> {
    try {
      yield* coroutineOf(body, (value) => this.#ready(value));
    } catch (error) {
      if (this.isReady || cancellationOf(error, currentTask()?.cancelling() ?? 0) !== null) throw error;
      this.failure = { error };
    }
  }

  #ready(value: T): void {
    if (this.isReady) throw new RuntimeError("Cannot be ready() twice");
    this.isReady = true;
    this.value = value;
    this.run();
  }
}
