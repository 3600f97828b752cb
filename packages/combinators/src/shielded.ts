import { currentContext, show } from "@asyncio-ts/contextvars";
import { getRunningLoop, type Scheduler, type Seconds } from "@asyncio-ts/core";
import {
  addAbortListener,
  type Body,
  type CancelledError,
  type Coroutine,
  checkLimits,
  coroutine,
  createTask,
  currentTask,
  removeAbortListener,
  type Task,
  type TimeoutError,
} from "@asyncio-ts/tasks";
import { checkSecondsOrNull, Deadline } from "./deadline.ts";
import { outlast } from "./outlast.ts";
import { insertTimeoutError, timeoutError } from "./timeout-error.ts";
import type { TimeLimit } from "./timeout-scope.ts";

/** How long the body is shielded. */
export interface ShieldedOptions {
  /** In seconds, from the call; `undefined` and `null` are no limit. */
  readonly timeout?: Seconds | null | undefined;
  /** The limit as a point in time, on the loop's clock, in the place of `timeout`. */
  readonly deadline?: Seconds | null | undefined;
  /** Ends the shield when it is aborted: the body is cancelled. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Run `body` to its end though the current task is cancelled: for a cleanup that must not be cut short, but not take for
 * ever either.
 *
 * A cancellation that comes meanwhile is put off until the body has ended, and then goes on. When the time is over, the
 * body itself is cancelled. It runs in a task of its own, which begins at once and shares the context of the current one.
 *
 * @param body - Called without arguments.
 * @returns What the body returns.
 * @throws {TypeError} `body` is not a function, or there are both a `timeout` and a `deadline`, or one of the wrong type.
 * @throws {RangeError} `timeout` or `deadline` is NaN.
 * @throws {CancelledError} The cancellation that was put off.
 * @throws {TimeoutError} The time is over, and the body was cut off; there was no cancellation.
 * @throws The error of the body. If there was a cancellation as well, that is delivered at the next suspension.
 * @throws The reason of `signal`, if the body was cut off by that, and there was no cancellation.
 *
 * ## Cancellation
 * Is put off. The value of the body is then lost. When a loop shuts down, it cancels all tasks, that of the body as well.
 *
 * @see {@link https://trio.readthedocs.io/en/stable/reference-core.html#trio.CancelScope.shield}
 *
 * @example
 * const log: string[] = [];
 * const goodbye = async () => {
 *   await sleep(1);
 *   log.push("goodbye");
 * };
 * const task = createTask(async () => {
 *   try {
 *     await sleep(60);
 *   } finally {
 *     await shielded(goodbye, { timeout: 5 });
 *   }
 * });
 * await sleep(2);
 * task.cancel();
 * await sleep(0.5);
 * task.cancel(); // comes too early, and is put off
 * await wait([task]);
 * log // => ["goodbye"]
 */
export function shielded<T>(body: Body<[], T>, options: ShieldedOptions = {}): Coroutine<T> {
  if (typeof body !== "function") throw new TypeError(`shielded() needs a function, not ${show(body)}`);
  checkLimits("shielded", options);
  const limit = limitOf(options);
  return runShielded(body, limit, options.signal) as Coroutine<T>;
}

const runShielded = coroutine(function* shielded<T>(
  body: Body<[], T>,
  limit: TimeLimit,
  signal: AbortSignal | undefined,
) {
  signal?.throwIfAborted();
  const loop = getRunningLoop();
  const parent = currentTask(loop) as Task<unknown>; // a coroutine runs in one
  const limits = new Limits(loop, limit, signal);
  try {
    const task = createTask(body, { loop, context: currentContext(), eagerStart: true });
    limits.begin(task);
    const cancellation = yield* outlast([task], loop);
    return resultOf(task, limits, parent, cancellation);
  } finally {
    limits.end();
  }
});

/**
 * How the body has ended, unless a cancellation goes before that.
 *
 * @param cancellation - The last one that has come to the `parent` meanwhile.
 */
function resultOf<T>(task: Task<T>, limits: Limits, parent: Task<unknown>, cancellation: CancelledError | null): T {
  if (task.cancelled()) throw cancellation ?? limits.errorFor(task.failure()?.error as CancelledError);
  const failure = task.failure();
  if (failure !== null && cancellation !== null) requestAgain(parent, cancellation);
  if (failure !== null) throw limits.explain(failure.error);
  if (cancellation !== null) throw cancellation;
  return task.result();
}

/** The cancellation has been met, and gives way to an error: it is not lost, but thrown at the next suspension. */
function requestAgain(task: Task<unknown>, cancellation: CancelledError): void {
  task.uncancel();
  task.cancel(cancellation.reason);
}

/**
 * What may cut the body off: the time that is over, or the signal; whichever comes first.
 *
 * Made before the body begins, so that a deadline that has passed comes before a pause of one turn ends.
 */
class Limits {
  readonly #limit: TimeLimit;
  readonly #signal: AbortSignal | undefined;
  readonly #deadline: Deadline | null;
  #task: Task<unknown> | null = null;
  #reached: "none" | "time" | "signal" = "none";

  constructor(loop: Scheduler, limit: TimeLimit, signal: AbortSignal | undefined) {
    this.#limit = limit;
    this.#signal = signal;
    this.#deadline = limit.when === null ? null : new Deadline(loop, limit.when, () => this.#reach("time"));
    if (signal !== undefined) addAbortListener(signal, this.#abort);
  }

  /** The body has taken its first step, in which it may have aborted the signal itself. */
  begin(task: Task<unknown>): void {
    this.#task = task;
    if (this.#reached !== "none") this.#cutOff();
  }

  end(): void {
    this.#deadline?.drop();
    if (this.#signal !== undefined) removeAbortListener(this.#signal, this.#abort);
  }

  /** The error to throw when the body has ended by `cancellation`. */
  errorFor(cancellation: CancelledError): unknown {
    if (this.#reached === "time") return this.timeoutError(cancellation);
    return this.#reached === "signal" ? this.#signal?.reason : cancellation;
  }

  /** The body has failed with `error`, which tells then why it was cut off. */
  explain(error: unknown): unknown {
    if (this.#reached === "time") insertTimeoutError(error, this);
    return error;
  }

  timeoutError(cause: CancelledError): TimeoutError {
    const { since, when } = this.#limit;
    return timeoutError("shielded", (when ?? since) - since, cause);
  }

  #reach(limit: "time" | "signal"): void {
    if (this.#reached !== "none") return;
    this.#reached = limit;
    this.#cutOff();
  }

  #cutOff(): void {
    this.#task?.cancel(this.#reached === "signal" ? this.#signal?.reason : undefined);
  }

  readonly #abort = (): void => this.#reach("signal");
}

function limitOf({ timeout, deadline }: ShieldedOptions): TimeLimit {
  checkSecondsOrNull("shielded", "a deadline", deadline ?? null);
  const since = getRunningLoop().time();
  if (typeof timeout !== "number") return { caller: "shielded", since, when: deadline ?? null };
  if (typeof deadline === "number") throw new TypeError("shielded() takes a timeout or a deadline, but was given both");
  return { caller: "shielded", since, when: since + timeout };
}
