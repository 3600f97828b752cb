import { type Context, copyContext } from "@asyncio-ts/contextvars";
import { getRunningLoop, type Runnable, type Scheduler } from "@asyncio-ts/core";
import {
  addAbortListener,
  type Body,
  CancelledError,
  createTask,
  currentTask,
  ensureFuture,
  Future,
  type GeneratorBody,
  isCoroutine,
  removeAbortListener,
  type Task,
} from "@asyncio-ts/tasks";
import { outlast } from "./outlast.ts";

/** Where the items come from. */
export type Source =
  | { readonly kind: "sync"; open(): Iterator<unknown> }
  | { readonly kind: "async"; open(): AsyncIterator<unknown> };

/** What is to be done, and how. */
export interface MappingPlan<Out> {
  readonly source: Source;
  readonly fn: Body<[item: unknown, index: number], Out>;
  readonly limit: number;
  readonly ordered: boolean;
  readonly signal: AbortSignal | undefined;
}

const end: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * One `map()` under way.
 *
 *  state     means                                                        left by
 *  made      nothing has begun                                            the first `next()`
 *  open      items are pulled while there is room                         the end of all, leaving, a failure, an abort
 *  closing   everything was cancelled, and is waited for until it ends    the last end
 *  closed    there are no more results
 */
export class Mapping<Out> {
  readonly #plan: MappingPlan<Out>;
  readonly #context: Context = copyContext();
  #state: "made" | "open" | "closing" | "closed" = "made";
  #loop!: Scheduler;
  #iterator!: Iterator<unknown> | AsyncIterator<unknown>;
  /** Pulls the items of an async iterable. */
  #feeder: Task<void> | null = null;
  #pulled = 0;
  #isExhausted = false;
  /** What occupies room, in the order of the items: tasks at work, and tasks whose result nobody has taken. */
  readonly #held = new Set<Task<Out>>();
  /** Those of them that are done, in the order in which they ended. */
  readonly #ended = new Set<Task<Out>>();
  /** The first error, which ends everything. */
  #failure: { readonly error: unknown } | null = null;
  /** Consumers that wait for a result, and the feeder while it waits for room. */
  readonly #waiting = new Set<Future<void>>();

  constructor(plan: MappingPlan<Out>) {
    this.#plan = plan;
  }

  /** The next result. */
  *next(): GeneratorBody<IteratorResult<Out, undefined>> {
    if (this.#state === "made") this.#begin();
    while (this.#state === "open" && this.#failure === null) {
      const task = this.#take();
      if (task !== null) return { done: false, value: task.result() };
      if (this.#isExhausted && this.#held.size === 0) break;
      try {
        yield* this.#change();
      } catch (error) {
        this.#fail(error);
      }
    }
    return yield* this.close();
  }

  /** Cancel what is worked on, wait until all of it has ended, and throw the error that has ended everything. */
  *close(): GeneratorBody<IteratorReturnResult<undefined>> {
    if (this.#state === "made") this.#state = "closed";
    if (this.#state !== "open") return end;
    this.#state = "closing";
    const { signal } = this.#plan;
    if (signal !== undefined) removeAbortListener(signal, this.#abort);
    if (this.#failure === null) this.#cancelAll();
    const cancellation = yield* outlast(this.#tasks(), this.#loop);
    this.#state = "closed";
    this.#held.clear();
    this.#wakeAll();
    if (!this.#isExhausted) yield* this.#leaveSource();
    this.#throwWhatEndedIt(cancellation);
    return end;
  }

  /** A task has ended. */
  taskEnded(task: Task<Out>): void {
    if (this.#state !== "open") return;
    const failure = task.failure();
    if (failure !== null) this.#fail(failure.error);
    this.#ended.add(task);
    this.#wakeAll();
  }

  #begin(): void {
    const { signal, source } = this.#plan;
    this.#state = "closed";
    signal?.throwIfAborted();
    this.#loop = getRunningLoop();
    this.#iterator = source.open();
    this.#state = "open";
    if (signal !== undefined) addAbortListener(signal, this.#abort);
    if (source.kind === "async") this.#feeder = createTask(() => this.#feed(), { context: this.#context.copy() });
    else this.#fill();
  }

  /** Take the result whose turn it is out of what is held, and use the room. */
  #take(): Task<Out> | null {
    const [task] = this.#plan.ordered ? this.#held : this.#ended;
    if (task === undefined || !this.#ended.delete(task)) return null;
    this.#held.delete(task);
    if (this.#feeder === null) this.#fill();
    else this.#wakeAll();
    return task;
  }

  #fill(): void {
    const iterator = this.#iterator as Iterator<unknown>;
    try {
      while (!this.#isExhausted && this.#held.size < this.#plan.limit) this.#pass(iterator.next());
    } catch (error) {
      this.#isExhausted = true;
      this.#fail(error);
    }
  }

  *#feed(): GeneratorBody<void> {
    const iterator = this.#iterator as AsyncIterator<unknown>;
    try {
      while (!this.#isExhausted) {
        while (this.#held.size >= this.#plan.limit) yield* this.#change();
        this.#pass(yield* this.#answerOf(iterator.next()));
      }
      this.#wakeAll();
    } catch (error) {
      if (this.#state === "open") this.#isExhausted = true; // it has failed, and nothing can be left
      this.#fail(error);
    }
  }

  #pass(step: IteratorResult<unknown>): void {
    if (step.done) {
      this.#isExhausted = true;
      return;
    }
    const { fn } = this.#plan;
    const index = this.#pulled++;
    const task = createTask(() => fn(step.value, index), { context: this.#context.copy() });
    this.#held.add(task);
    task.addWaiter(new TaskEnd(this, task));
  }

  /** What an async iterator answers; a promise that is slow to come is abandoned when the waiting task is cancelled. */
  *#answerOf<T>(answer: PromiseLike<T>): GeneratorBody<T> {
    this.#loop.drainMicrotasks();
    if (isCoroutine(answer)) return (yield* answer) as T;
    return yield* ensureFuture(answer);
  }

  *#leaveSource(): GeneratorBody<void> {
    this.#isExhausted = true;
    const left = this.#iterator.return?.();
    if (this.#feeder !== null && left !== undefined) yield* this.#answerOf(left as Promise<unknown>);
  }

  #fail(error: unknown): void {
    if (this.#state !== "open" || this.#failure !== null) return;
    this.#failure = { error };
    this.#cancelAll();
    this.#wakeAll();
  }

  /** Done once: a second cancel would interrupt the cleaning up. */
  #cancelAll(): void {
    for (const task of this.#tasks()) task.cancel();
  }

  #tasks(): Task<unknown>[] {
    return this.#feeder === null ? [...this.#held] : [this.#feeder, ...this.#held];
  }

  readonly #abort = (): void => this.#fail(this.#plan.signal?.reason);

  /** @param cancellation - One that came while the end of all was waited for. */
  #throwWhatEndedIt(cancellation: CancelledError | null): void {
    const failure = this.#failure;
    if (cancellation === null && failure === null) return;
    if (failure === null || failure.error instanceof CancelledError) throw cancellation ?? failure?.error;
    if (cancellation !== null) cancelAgain();
    throw failure.error;
  }

  *#change(): GeneratorBody<void> {
    const change = new Future<void>({ loop: this.#loop });
    this.#waiting.add(change);
    try {
      yield* change;
    } finally {
      this.#waiting.delete(change);
    }
  }

  #wakeAll(): void {
    for (const each of this.#waiting) if (!each.done()) each.setResult();
  }
}

/** Tells a mapping that a task of it has ended. */
class TaskEnd<Out> implements Runnable {
  readonly #mapping: Mapping<Out>;
  readonly #task: Task<Out>;

  constructor(mapping: Mapping<Out>, task: Task<Out>) {
    this.#mapping = mapping;
    this.#task = task;
  }

  run(): void {
    this.#mapping.taskEnded(this.#task);
  }
}

/** A cancellation gives way to an error: it is delivered at the next wait instead. */
function cancelAgain(): void {
  const task = currentTask();
  task?.uncancel();
  task?.cancel();
}
