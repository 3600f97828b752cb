import {
  type Carrier,
  Context,
  capture,
  copyContext,
  currentFrame,
  type Frame,
  RuntimeError,
  show,
} from "@asyncio-ts/contextvars";
import { type Runnable, type Scheduler, warn } from "@asyncio-ts/core";
import { cancelOnAbort } from "./cancel-on-abort.ts";
import { CancelRequest } from "./cancel-request.ts";
import { Cancellation } from "./cancellation.ts";
import { cancellationOf } from "./cancellation-of.ts";
import { Coroutine, isGenerator, isPromiseLike, stepsOf } from "./coroutine.ts";
import { CancelledError, cancelledError } from "./errors.ts";
import { Future } from "./future.ts";
import { PromiseSettler } from "./promise-settler.ts";
import { Strand } from "./strand.ts";
import { awaitSiteOf, type NativeAwaiter, Suspendable } from "./suspendable.ts";
import type { GeneratorBody, Steps } from "./suspension.ts";
import { type TaskList, tasksOf } from "./task-list.ts";
import { TaskSignal } from "./task-signal.ts";

/** What a task can be made of: a function that makes the work, or work that has not begun. */
export type Work<T> = (() => GeneratorBody<T> | PromiseLike<T>) | Coroutine<T> | GeneratorBody<T>;

/** How a task is made. */
export interface TaskOptions {
  /** For messages and debugging; by default `Task-1`, `Task-2`, … */
  readonly name?: string | undefined;
  /** The context to run in; by default a copy of the current one. */
  readonly context?: Context | undefined;
  /** Take the first step at once, inside `createTask`, instead of in the next turn. */
  readonly eagerStart?: boolean | undefined;
  /** Cancels the task when it is aborted; its reason becomes that of the `CancelledError`. */
  readonly signal?: AbortSignal | undefined;
  /** The loop that runs the task; by default the running one. */
  readonly loop?: Scheduler | undefined;
}

let tasksMade = 0;

/**
 * A coroutine that the loop drives to its end; a future of what it returns.
 *
 *  event                        effect
 *  created                      the first step is queued; an eager task takes it at once
 *  the body suspends            the task waits: on a future, for its turn, or on a foreign promise
 *  cancel()                     cancels what the task waits on; else the next step throws a CancelledError
 *  the body returns             done, with the value; cancelled, if a cancellation was still undelivered
 *  the body throws              done, with the error; cancelled, if it is a CancelledError
 *
 * The loop keeps the task alive until it is done.
 *
 * ## Cancellation
 * A cancel is a request: it arrives as a `CancelledError` where the body is suspended, and the body may catch it. A task
 * cancelled before its first step never runs.
 *
 * @see {@link https://github.com/python/cpython/blob/main/Lib/asyncio/tasks.py}
 */
export class Task<T> extends Future<T> implements Runnable, Frame, NativeAwaiter {
  readonly context: Context;
  /** @internal The flow in which every step is taken. */
  readonly carrier: Carrier;
  /** @internal Neighbours in the list of live tasks. */
  previous: Task<unknown> | null = null;
  /** @internal */
  next: Task<unknown> | null = null;
  readonly #tasks: TaskList;
  /** A number stands for a name that nobody has asked for yet. */
  #name: string | number;
  readonly #work: Work<T>;
  /** The strands that wait on a future: none, one, or several under `Promise.all`. */
  #blocked: Strand | Set<Strand> | null = null;
  #cancellation: Cancellation | null = null;

  /**
   * @param work - A function that makes the work, a coroutine, or a generator.
   * @throws {TypeError} `work` is none of these; for a running promise, pass the function that makes it.
   */
  constructor(work: Work<T>, options: TaskOptions = {}) {
    checkWork(work);
    checkOptions(options);
    super(options);
    if (this.loop.isClosed()) throw new RuntimeError("Event loop is closed");
    this.#work = work;
    this.#name = options.name === undefined ? ++tasksMade : String(options.name);
    this.context = options.context ?? copyContext();
    this.carrier = capture(this);
    this.#tasks = tasksOf(this.loop);
    this.#tasks.add(this);
    if (options.signal !== undefined) cancelOnAbort(this, options.signal);
    if (options.eagerStart && this.loop.isRunning()) this.run();
    else this.loop.schedule(this);
  }

  /** A task is the owner of the flow in which its steps are taken. */
  get owner(): this {
    return this;
  }

  // -- what asyncio tells about a task

  getName(): string {
    if (typeof this.#name === "number") this.#name = `Task-${this.#name}`;
    return this.#name;
  }

  /** Rename the task. */
  setName(name: unknown): void {
    this.#name = String(name);
  }

  /** What the task was made of. */
  getCoro(): Work<T> {
    return this.#work;
  }

  /** The context in which the task runs. */
  getContext(): Context {
    return this.context;
  }

  /** The futures that the task waits on: several under `Promise.all`, none while it runs or awaits a foreign promise. */
  waitingOn(): Future<unknown>[] {
    return this.#blockedStrands().map((strand) => strand.blocker as Future<unknown>);
  }

  /** Where the task waits, one stack for each of `waitingOn()`; only in debug mode. */
  waitingAt(): string[] {
    return this.#blockedStrands().flatMap((strand) => strand.awaitedAt ?? []);
  }

  // -- cancellation

  /**
   * Ask the task to end: a `CancelledError` is thrown where it is suspended, or at its next suspension.
   *
   * What it waits on is cancelled in the same call. The body may catch the error, clean up, and even go on.
   *
   * @param message - Reaches the `CancelledError`, as its message and its `reason`.
   * @returns `false` if the task is already done.
   */
  override cancel(message?: unknown): boolean {
    if (this.done()) return super.cancel(message);
    if (this.#cancellation?.isPassedOn) return this.#interrupt(this.#cancellation, message);
    // A chain of tasks that await each other may be longer than the stack is deep: gone down by a loop, and up again.
    const chain: Task<unknown>[] = [this];
    this.#request();
    for (let next = this.#onlyAwaitedTask(); next !== null; next = next.#onlyAwaitedTask()) {
      next.#request();
      chain.push(next);
    }
    let reached = false;
    try {
      reached = (chain.at(-1) as Task<unknown>).#cancelBlockers(message);
    } finally {
      for (const task of chain.reverse()) {
        task.#conclude(reached, message);
        reached = true;
      }
    }
    return true;
  }

  /** Unless the task was cancelled: the message of the last cancellation that had to wait for the next step. */
  override cancelMessage(): unknown {
    return this.cancelled() ? super.cancelMessage() : this.#cancellation?.message;
  }

  /** How many cancellations were requested and not taken back by `uncancel()`. */
  cancelling(): number {
    return this.#cancellation?.requests ?? 0;
  }

  /**
   * Take back one request for cancellation; one that is not yet delivered is dropped with the last of them.
   *
   * For code that has asked for the cancellation itself, as a timeout does.
   *
   * @returns How many requests are left.
   */
  uncancel(): number {
    this.#cancellation?.takeBack();
    return this.cancelling();
  }

  /**
   * `cancel()`, as a request that can be withdrawn.
   *
   * For a scope that ends a part of the task, as a timeout does: what it has asked for must not reach what comes after.
   *
   * @example
   * const task = createTask(() => sleep(1, "done"));
   * const request = task.requestCancel();
   * request.withdraw(); // it had not been delivered
   * await task // => "done"
   */
  requestCancel(message?: unknown): CancelRequest {
    this.#cancellation ??= new Cancellation();
    const cancellation = this.#cancellation;
    const before = cancellation.undelivered;
    this.cancel(message);
    return new CancelRequest(cancellation, cancellation.undelivered > before);
  }

  /** The signal that the next cancellation aborts; see `signal()`. */
  abortSignal(): AbortSignal {
    this.#cancellation ??= new Cancellation();
    this.#cancellation.signal ??= new TaskSignal();
    return this.#cancellation.signal.signal;
  }

  // -- the result comes from the body alone

  /** @throws {RuntimeError} Always. */
  override setResult(_value: T): never {
    throw new RuntimeError("The result of a task comes from its coroutine and cannot be set");
  }

  /** @throws {RuntimeError} Always. */
  override setException(_error: unknown): never {
    throw new RuntimeError("The exception of a task comes from its coroutine and cannot be set");
  }

  // -- driven by the loop and by strands

  /** Take the first step: for the loop that it was scheduled on, and for nobody else. */
  run(): void {
    this.carrier.runInAsyncScope(this.begin, this);
  }

  /** @internal */
  begin(): void {
    const cancellation = this.takeCancellation(null);
    if (cancellation !== null) {
      if (this.#work instanceof Coroutine) this.#work.close(); // it will never run, but nobody forgot it
      return this.threw(cancellation.error);
    }
    let steps: Steps<T>;
    try {
      steps = this.#makeSteps();
    } catch (error) {
      return this.threw(error);
    }
    new Strand(this, steps, this).proceed(undefined);
  }

  /** @internal The body has returned. */
  returned(value: unknown): void {
    this.#cancellation?.bodyMoves();
    // A cancel at the very end wins over the value: whoever asked for it must not see success.
    if (this.#cancellation?.isPending) {
      super.cancel(this.#cancellation.message);
      return;
    }
    if (this.cancelling() > 0 && this.loop.getDebug()) warnOfSwallowedCancel(this);
    this.settle({ kind: "returned", value: value as T });
  }

  /** @internal The body has thrown. */
  threw(error: unknown): void {
    const cancellation = cancellationOf(error, this.cancelling());
    if (cancellation === null) this.settle({ kind: "threw", error });
    else this.settle({ kind: "cancelled", message: undefined, error: cancellation });
  }

  /** @internal Native code in this task awaits: take the steps in a strand of its own. */
  drive<R>(awaited: Suspendable<R>, resolve: (value: R) => void, reject: (error: unknown) => void, frame: Frame): void {
    this.#cancellation?.bodyMoves();
    const settle = new PromiseSettler(this.loop, resolve as (value: unknown) => void, reject);
    const flow = frame === this ? this.carrier : capture(frame); // inside Context.run() it is another one
    const strand = new Strand(this, awaited[Symbol.iterator](), settle, flow);
    if (this.loop.getDebug()) strand.nativeSite = awaitSiteOf(awaited);
    strand.proceed(undefined);
  }

  /** @internal Native code runs whose awaits nobody can tell from those of others: say so if a cancellation misses them. */
  watchNative(promise: PromiseLike<unknown>): void {
    const check = (): void => {
      if (this.#cancellation?.isPending) warnOfMissedCancel(this);
    };
    Promise.resolve(promise).then(check, check);
  }

  /** @internal `strand` waits on `future` now. */
  block(strand: Strand, future: Future<unknown>): void {
    if (this.#blocked === null) this.#blocked = strand;
    else if (this.#blocked instanceof Strand) this.#blocked = new Set([this.#blocked, strand]);
    else this.#blocked.add(strand);
    const cancellation = this.#cancellation;
    if (cancellation?.isPending && future.cancel(cancellation.message)) cancellation.deliver();
  }

  /** @internal `strand` waits no longer. */
  unblock(strand: Strand): void {
    if (this.#blocked instanceof Set) this.#blocked.delete(strand);
    else this.#blocked = null;
  }

  /**
   * @internal Whether a step is to throw a pending cancellation, which is taken by that.
   *
   * A blocker that was cancelled, or failed with a CancelledError, throws that one instead.
   */
  takeCancellation(blocker: Future<unknown> | null): { readonly error: unknown } | null {
    const cancellation = this.#cancellation;
    if (cancellation === null || !cancellation.isPending) return null;
    cancellation.deliver();
    if (blocker?.cancelled()) return null;
    // Any other error of the blocker gives way, and counts as read.
    if (blocker?.failure()?.error instanceof CancelledError) return null;
    return { error: cancelledError(cancellation.message, this.loop) };
  }

  protected override settle(outcome: Parameters<Future<T>["settle"]>[0]): void {
    this.#cancellation?.deliver();
    this.#tasks.delete(this);
    super.settle(outcome);
  }

  protected override describe(): string {
    const state = !this.done() && this.cancelling() > 0 ? "cancelling" : this.describeState();
    const waits = this.#blockedStrands().map((strand) => ` waiting on ${shortly(strand.blocker)}`);
    const details = `name='${this.getName()}'${describeWork(this.#work)}${waits.join(",")}`;
    return `${state} ${details}${this.describeException()}`;
  }

  #makeSteps(): Steps<T> {
    const work = this.#work;
    if (typeof work === "function") return stepsOf(work(), work);
    return work[Symbol.iterator]() as Steps<T>;
  }

  #blockedStrands(): Strand[] {
    if (this.#blocked === null) return [];
    return this.#blocked instanceof Strand ? [this.#blocked] : [...this.#blocked];
  }

  /** The task that this one awaits, if that is all it waits on and a cancel can be passed on to it in the usual way. */
  #onlyAwaitedTask(): Task<unknown> | null {
    const awaited = this.#blocked instanceof Strand ? this.#blocked.blocker : null;
    if (!(awaited instanceof Task) || awaited.cancel !== Task.prototype.cancel) return null;
    return awaited.done() || awaited.#cancellation?.isPassedOn ? null : awaited;
  }

  #request(): void {
    this.#cancellation ??= new Cancellation();
    this.#cancellation.requests++;
    this.#cancellation.isPassedOn = true;
  }

  /** The request was passed on to what the task waits on, and `reached` all of it or not. */
  #conclude(reached: boolean, message: unknown): void {
    const cancellation = this.#cancellation as Cancellation;
    cancellation.isPassedOn = false;
    const isRunning = currentFrame()?.owner === this;
    const answer = this.#abortSignal(cancellation, message);
    // A task that cancels itself runs: what was reached may be the loser of a race, to which nobody listens any more.
    if (answer === "taken" || (reached && !isRunning)) return;
    cancellation.postpone(message);
    if (answer === "silence" && !isRunning) this.#expectDelivery(cancellation);
  }

  #cancelBlockers(message: unknown): boolean {
    const strands = this.#blockedStrands();
    // One whose future is done already takes its next step soon: that one is to throw, else it could win a race.
    let reached = strands.length > 0;
    for (const strand of strands) {
      if (!strand.blocker?.cancel(message)) reached = false;
    }
    return reached;
  }

  /** The cancel has come round a ring of tasks that wait on each other: it is delivered here, else it never would be. */
  #interrupt(cancellation: Cancellation, message: unknown): true {
    cancellation.postpone(message);
    for (const strand of this.#blockedStrands()) strand.interrupt();
    return true;
  }

  #abortSignal(cancellation: Cancellation, message: unknown): "none" | "taken" | "silence" {
    const { signal } = cancellation;
    if (signal === null) return "none";
    cancellation.signal = null;
    this.loop.drainMicrotasks();
    return signal.abort(cancelledError(message, this.loop)) ? "taken" : "silence";
  }

  /**
   * A signal that was made from ours, as by `AbortSignal.any`, hands the reason on unseen. But if the body, which is in a
   * foreign await, moves before the next turn, then it was the abort that has moved it.
   */
  #expectDelivery(cancellation: Cancellation): void {
    if (this.loop.isClosed()) return;
    cancellation.isDeliveryExpected = true;
    this.loop.schedule({
      run() {
        cancellation.isDeliveryExpected = false;
      },
    });
  }
}

/** In debug mode: whoever has asked for the cancellation goes on as if it had happened. */
function warnOfSwallowedCancel(task: Task<unknown>): void {
  warn(`Task '${task.getName()}' was cancelled, has caught the CancelledError and returned`, "RuntimeWarning");
}

function warnOfMissedCancel(task: Task<unknown>): void {
  const reason = "no AsyncLocalStorage tells what it awaits; a generator can be cancelled";
  warn(
    `Task '${task.getName()}' was cancelled, but its async function has run to its end: ${reason}`,
    "RuntimeWarning",
  );
}

function checkWork(work: unknown): void {
  if (typeof work === "function" || work instanceof Coroutine || isGenerator(work)) return;
  if (isPromiseLike(work) && !(work instanceof Suspendable)) {
    throw new TypeError("Cannot make a task of a running promise; pass the function that makes it: () => f()");
  }
  throw new TypeError(`Cannot make a task of ${show(work)}; a function, a coroutine or a generator was expected`);
}

function checkOptions({ context, signal }: TaskOptions): void {
  if (context !== undefined && !(context instanceof Context)) {
    throw new TypeError(`The context of a task is a Context, not ${show(context)}`);
  }
  if (signal !== undefined && typeof signal?.addEventListener !== "function") {
    throw new TypeError(`The signal of a task is an AbortSignal, not ${show(signal)}`);
  }
}

/** The function that the task runs, where it has a name; that of a generator cannot be known. */
function describeWork(work: Work<unknown>): string {
  const name = typeof work === "function" ? work.name : work instanceof Coroutine ? work.name : "";
  return name === "" || name === "<anonymous>" ? "" : ` coro=${name}()`;
}

/** One level deep, so that two tasks that wait on each other can be shown. */
function shortly(future: Future<unknown> | null): string {
  return future instanceof Task ? `task '${future.getName()}'` : String(future);
}
