import type { Seconds } from "@asyncio-ts/core";
import type { ContextSnapshot } from "./context-snapshot.ts";
import { isCancellation } from "./errors.ts";
import { ExecutorFuture, type FutureSource } from "./executor-future.ts";
import type { JobName } from "./job-name.ts";
import type { PoolWorker } from "./pool-worker.ts";
import { takeTransfers } from "./transfer.ts";

/** A function that a pool was given, and what it has learned of it. */
export interface JobFunction {
  /** By which its workers know it. */
  readonly number: number;
  readonly name: JobName;
  /** How long a call takes, in milliseconds, as far as is known; infinite until one has ended. */
  expected: number;
}

/** What only some jobs have. */
export interface JobSettings {
  readonly transfer: readonly object[];
  readonly timeout: Seconds | null;
  readonly gracePeriod: Seconds | null;
  /** How often it may be run again after its worker has died. */
  readonly retries: number;
  readonly signal: AbortSignal | null;
  readonly onProgress: ((progress: unknown) => void) | null;
  readonly onItem: ((item: unknown) => void) | null;
  /** How many items the worker may send before it is asked for more; `null` if the function makes no generator. */
  readonly credit: number | null;
  readonly isChunk: boolean;
  readonly context: ContextSnapshot | null;
}

/** What a job asks of its pool. */
export interface JobKeeper {
  /** Keep a job from starting, if that is possible still. */
  revoke(job: Job): boolean;
  /** Ask a job that has begun to stop; end its worker after `grace` seconds. */
  askToStop(job: Job, reason: unknown, grace: Seconds): void;
}

/**
 *  isQueued    worker    slot    the job
 *  true        null      -1      is in the queue
 *  false       one       ≥ 0     was sent to the worker; its word, or the order of replies, tells whether it has begun
 *  false       null      -1      is on its way from one to the other, or has left its worker
 *
 * Wherever it is, `isOver` says that its future is settled: what is left of it has no effect.
 */
export class Job implements FutureSource {
  readonly future: ExecutorFuture<unknown> = new ExecutorFuture<unknown>(this);
  readonly function: JobFunction;
  readonly id: number;
  readonly settings: JobSettings | null;
  readonly submittedAt: number;
  args: readonly unknown[];
  isQueued = false;
  worker: PoolWorker | null = null;
  slot = -1;
  /** How many workers have died with nothing but jobs that they had not begun, this one among them. */
  returns = 0;
  /** The how manyth time it is run. */
  attempt = 1;
  /** The how manyth job it is of its worker. */
  order = 0;
  /** Which of the messages to the worker it was in. */
  post = 0;
  /** What it was counted as in the load of its worker. */
  weight = 0;
  isOver = false;
  /** What is moved along with its arguments. Once that was sent to a thread, it is gone. */
  readonly transfers: readonly object[] | null;
  /** Whether it is for one worker and no other. */
  isPinned = false;
  /** What it was asked to stop with. */
  stop: { readonly reason: unknown } | null = null;
  /** Called once, when the future is settled. */
  release: (() => void) | null = null;
  #gone: (() => void)[] | null = null;
  /** Where it was submitted; only in debug mode. */
  readonly submittedFrom: string | undefined;
  readonly #keeper: JobKeeper;

  constructor(
    keeper: JobKeeper,
    from: {
      readonly function: JobFunction;
      readonly args: readonly unknown[];
      readonly id: number;
      readonly settings: JobSettings | null;
      readonly submittedAt: number;
      readonly submittedFrom: string | undefined;
    },
  ) {
    this.#keeper = keeper;
    this.function = from.function;
    this.args = from.args;
    this.id = from.id;
    this.settings = from.settings;
    this.transfers = transfersOf(from.args, from.settings);
    this.submittedAt = from.submittedAt;
    this.submittedFrom = from.submittedFrom;
  }

  /** Whether the pool may have to end its worker, or whether it may be what workers die of. */
  get isKillable(): boolean {
    const { settings, returns } = this;
    if (settings === null) return returns > 0;
    return returns > 0 || settings.timeout !== null || settings.signal !== null || settings.gracePeriod !== null;
  }

  /** Whether somebody listens to it while it runs. */
  get isTalking(): boolean {
    const { settings } = this;
    return settings !== null && (settings.onProgress !== null || settings.onItem !== null);
  }

  /** Whether it may be run again, when the worker that was running it has died. @param isShared - Whether it was a thread. */
  canRetry(isShared: boolean): boolean {
    const { settings, attempt, transfers, stop } = this;
    if (settings === null || stop !== null || settings.credit !== null) return false;
    return attempt <= settings.retries && (transfers === null || !isShared);
  }

  cancel(reason: unknown): boolean {
    if (this.#keeper.revoke(this)) return true;
    this.#keeper.askToStop(this, reason, this.settings?.gracePeriod ?? Number.POSITIVE_INFINITY);
    return false;
  }

  running(): boolean {
    return this.worker?.isRunning(this) ?? false;
  }

  reportProgress(progress: unknown): void {
    try {
      this.settings?.onProgress?.(progress);
    } catch (error) {
      console.error("The onProgress of a job has thrown", error);
    }
  }

  /** Call `callback` once it has left its worker. */
  whenGone(callback: () => void): void {
    this.#gone ??= [];
    this.#gone.push(callback);
  }

  /** It has left its worker. */
  leave(): void {
    if (this.#gone === null) return;
    for (const callback of this.#gone) callback();
    this.#gone = null;
  }

  succeed(value: unknown): void {
    if (this.#finish()) this.future.setResult(value);
  }

  /** One that was asked to stop, and says that it did, was cancelled. */
  fail(error: unknown): void {
    if (this.stop !== null && isCancellation(error)) this.abandon(this.stop.reason);
    else if (this.#finish()) this.future.setException(error);
  }

  abandon(reason: unknown): void {
    if (this.#finish()) this.future.setCancelled(reason);
  }

  /** The future is settled by whoever has cancelled it. */
  dismiss(): void {
    this.#finish();
  }

  #finish(): boolean {
    if (this.isOver) return false;
    this.isOver = true;
    this.args = [];
    this.release?.();
    this.release = null;
    return true;
  }
}

/** What is to be moved along with `args`; the marks are taken off them. */
function transfersOf(args: readonly unknown[], settings: JobSettings | null): readonly object[] | null {
  if (settings === null && !args.some(isObject)) return null;
  const marked = takeTransfers(args);
  const given = settings?.transfer ?? [];
  if (marked.length + given.length === 0) return null;
  return [...new Set([...marked, ...given])];
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
