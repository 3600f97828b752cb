import type { Seconds } from "@asyncio-ts/core";
import type { ExecutorFuture } from "./executor-future.ts";

/** What an executor can do, for code that takes any. */
export interface ExecutorCapabilities {
  /** Where jobs run: in threads of this process, in other processes, or elsewhere. */
  readonly where: "thread" | "process" | "remote";
  /** Whether `SharedArrayBuffer`s are shared. */
  readonly sharedMemory: boolean;
  /** Whether `transfer` moves memory instead of copying it. */
  readonly transfer: boolean;
  /** Whether `stream` works. */
  readonly streaming: boolean;
  /** Whether a synchronous job can see that it was asked to stop. */
  readonly synchronousCancel: boolean;
}

/** How a job is to be run. */
export interface SubmitOptions {
  /**
   * In seconds, from the moment at which the job begins. Then its future fails with a `TimeoutError`, and the job is asked to
   * stop.
   */
  readonly timeout?: Seconds | undefined;
  /** Its abort cancels the job: the future is cancelled at once, and a job that runs already is asked to stop. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long a job that was asked to stop may go on, in seconds, before its worker is ended. By default that of the pool;
   * where that has none either, one second after a timeout or an abort, and for ever after `cancel()`.
   */
  readonly gracePeriod?: Seconds | undefined;
  /**
   * How many times the job is run again after the worker that was running it has died; 0 by default, for only you know
   * whether to run it twice does harm. Not for streams, nor for what has moved memory to a thread that is dead.
   */
  readonly retries?: number | undefined;
  /** What to move into the worker instead of copying it: `ArrayBuffer`s, `MessagePort`s, streams. */
  readonly transfer?: readonly object[] | undefined;
  /** Called with whatever the job reports, in order, before its future is done. */
  readonly onProgress?: ((progress: unknown) => void) | undefined;
}

/** How `map` goes about it. */
export interface ExecutorMapOptions {
  /** How many items travel as one job. 1 by default: small jobs travel together anyway. */
  readonly chunkSize?: number | undefined;
  /** How many items are under way at a time, or wait to be read. By default four for each worker. */
  readonly bufferSize?: number | undefined;
  /** Its abort ends the iteration with its reason, and cancels what is under way. */
  readonly signal?: AbortSignal | undefined;
}

/** How `stream` goes about it. */
export interface JobStreamOptions extends SubmitOptions {
  /** How many items the job may be ahead of its reader; 16 by default. */
  readonly bufferSize?: number | undefined;
}

/** How an executor is shut down. */
export interface ExecutorShutdownOptions {
  /** Whether the promise waits for the jobs and the workers to end; `true` by default. */
  readonly wait?: boolean | undefined;
  /** Whether jobs that have not begun are cancelled; `false` by default. */
  readonly cancelFutures?: boolean | undefined;
}

/** The items of a generator job, with what it returns in the end. */
export interface JobStream<T, R> extends AsyncIterableIterator<T>, AsyncDisposable {
  /** What the generator returns. */
  readonly returned: ExecutorFuture<R>;
}

/**
 * Runs functions elsewhere: in threads, in processes, on other machines.
 *
 * A function is named, never copied: it comes from `workerModule`, `task` or `inline`.
 *
 * @see {@link https://docs.python.org/3/library/concurrent.futures.html#executor-objects}
 */
export interface Executor extends Disposable, AsyncDisposable {
  readonly capabilities: ExecutorCapabilities;
  /**
   * Run `fn(...args)`.
   *
   * @throws {TypeError} `fn` is a closure.
   * @throws {RuntimeError} The executor is shut down.
   * @throws {BrokenExecutor} The executor is broken.
   * @throws {ExecutorFull} Its queue is full.
   */
  submit<Args extends unknown[], R>(fn: (...args: Args) => R, ...args: Args): ExecutorFuture<Awaited<R>>;
  /** As `submit`, with options. */
  submitWith<Args extends unknown[], R>(
    options: SubmitOptions,
    fn: (...args: Args) => R,
    ...args: Args
  ): ExecutorFuture<Awaited<R>>;
  /** The results of `fn` for each of `items`, in their order; reads no more of `items` than it has room for. */
  map<T, R>(
    fn: (item: T) => R,
    items: Iterable<T> | AsyncIterable<T>,
    options?: ExecutorMapOptions,
  ): AsyncIterableIterator<Awaited<R>>;
  /** Take no more jobs, and end the workers once the jobs are done. */
  shutdown(options?: ExecutorShutdownOptions): Promise<void>;
}
