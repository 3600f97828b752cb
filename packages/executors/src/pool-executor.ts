import { show } from "@asyncio-ts/contextvars";
import { captureStack, debugByDefault } from "@asyncio-ts/core";
import { addAbortListener, removeAbortListener } from "@asyncio-ts/tasks";
import type { ContextSnapshot } from "./context-snapshot.ts";
import type {
  Executor,
  ExecutorCapabilities,
  ExecutorMapOptions,
  ExecutorShutdownOptions,
  JobStream,
  JobStreamOptions,
  SubmitOptions,
} from "./executor.ts";
import type { ExecutorFuture } from "./executor-future.ts";
import type { Job, JobFunction, JobSettings } from "./job.ts";
import { type JobName, nameOfJob, refuseClosure } from "./job-name.ts";
import { settingsFrom, settingsOf } from "./job-settings.ts";
import { streamJob } from "./job-stream.ts";
import { mapJobs } from "./map-jobs.ts";
import { checkPoolOptions, type PoolOptions, type PoolSetup } from "./pool-options.ts";
import type { PoolStatistics } from "./pool-statistics.ts";
import type { Initialization } from "./worker/prepare.ts";
import { WorkerPool } from "./worker-pool.ts";

/** What a kind of pool adds to `PoolExecutor`. */
export interface PoolKind extends Pick<PoolSetup, "start" | "Broken"> {
  readonly name: string;
  readonly maxWorkers: number;
  readonly capabilities: ExecutorCapabilities;
}

// biome-ignore lint/suspicious/noExplicitAny: whatever the user's function takes
type AnyFunction = (...args: any[]) => unknown;

/** How a pause between a request to stop and the end of a worker is chosen where nothing was said, in seconds. */
const graceAfterAbort = 1;

/** What thread pools and process pools have in common. */
export abstract class PoolExecutor implements Executor {
  readonly capabilities: ExecutorCapabilities;
  readonly #pool: WorkerPool;
  /** By name: what `inline` has made of the same text is one function, wherever it stands. */
  readonly #named = new Map<string, JobFunction>();
  readonly #functions = new WeakMap<AnyFunction, JobFunction>();
  readonly #maxWorkers: number;
  readonly #gracePeriod: number | null;
  readonly #isDebugging: boolean;

  /** @internal */
  protected constructor(options: PoolOptions, kind: PoolKind) {
    this.capabilities = kind.capabilities;
    this.#maxWorkers = Math.floor(options.maxWorkers ?? kind.maxWorkers);
    this.#gracePeriod = options.gracePeriod ?? null;
    this.#isDebugging = options.debug ?? debugByDefault();
    this.#pool = new WorkerPool({
      name: options.name ?? kind.name,
      maxWorkers: this.#maxWorkers,
      maxTasksPerChild: options.maxTasksPerChild ?? Number.POSITIVE_INFINITY,
      maxQueue: options.maxQueue ?? Number.POSITIVE_INFINITY,
      idleTimeout: options.idleTimeout ?? 60,
      onWorkerCrash: options.onWorkerCrash ?? "replace",
      start: kind.start,
      Broken: kind.Broken,
    });
  }

  /**
   * Run `fn(...args)` in a worker.
   *
   * Arguments and the result are copied, by the structured clone algorithm, or moved, by `transfer`. They are copied when the
   * job is sent to a worker, which may be later: do not change them meanwhile.
   *
   * @param fn - Comes from `workerModule`, `task` or `inline`.
   * @returns The result to come; where an argument cannot be copied, that is its exception.
   *
   * ## Cancellation
   * `cancel()` of the future, see there.
   *
   * @throws {TypeError} `fn` is a closure.
   * @throws {RuntimeError} The pool is shut down.
   * @throws {BrokenExecutor} The pool is broken.
   * @throws {ExecutorFull} As many jobs wait as `maxQueue` allows.
   */
  submit<Args extends unknown[], R>(fn: (...args: Args) => R, ...args: Args): ExecutorFuture<Awaited<R>> {
    const settings = this.#gracePeriod === null ? null : settingsOf({ gracePeriod: this.#gracePeriod });
    return this.#submit("submit", fn, args, settings).future as ExecutorFuture<Awaited<R>>;
  }

  /**
   * As `submit`, with a time limit, a signal, things to move, or somebody to report to.
   *
   * @throws {TypeError} `fn` is a closure, or an option of the wrong type.
   * @throws {RangeError} An option is out of range.
   * @throws {RuntimeError} The pool is shut down.
   * @throws {BrokenExecutor} The pool is broken.
   * @throws {ExecutorFull} As many jobs wait as `maxQueue` allows.
   */
  submitWith<Args extends unknown[], R>(
    options: SubmitOptions,
    fn: (...args: Args) => R,
    ...args: Args
  ): ExecutorFuture<Awaited<R>> {
    const settings = this.#settings(settingsFrom("submitWith", options));
    return this.#submit("submitWith", fn, args, settings).future as ExecutorFuture<Awaited<R>>;
  }

  /**
   * The results of `fn` for each of `items`, in their order.
   *
   * Reads ahead by `bufferSize` items, so `items` may be endless. To leave the iteration cancels what is under way.
   *
   * @throws {TypeError} `fn` is a closure, `items` is not iterable, or an option is of the wrong type.
   *
   * ## Cancellation
   * Safe: cancelling the task that waits for the next result cancels the job of that result.
   *
   * @see {@link https://docs.python.org/3/library/concurrent.futures.html#concurrent.futures.Executor.map}
   */
  map<T, R>(
    fn: (item: T) => R,
    items: Iterable<T> | AsyncIterable<T>,
    options: ExecutorMapOptions = {},
  ): AsyncIterableIterator<Awaited<R>> {
    const known = this.#functionOf("map", fn);
    const submit = (argument: unknown, isChunk: boolean): ExecutorFuture<unknown> => {
      const settings =
        isChunk || this.#gracePeriod !== null ? settingsOf({ isChunk, gracePeriod: this.#gracePeriod }) : null;
      return this.#pool.submit(known, [argument], settings, this.#site()).future;
    };
    const line = { submit, waitForRoom: () => this.#pool.waitForRoom(), ahead: this.#maxWorkers * 4 };
    return mapJobs(line, items, options) as AsyncIterableIterator<Awaited<R>>;
  }

  /**
   * Run a generator function in a worker, and read its items as they come.
   *
   * The job stays at most `bufferSize` items ahead of its reader. To leave the iteration ends the generator at its `yield`.
   *
   * @throws {TypeError} `fn` is a closure, or an option of the wrong type.
   */
  stream<Args extends unknown[], T, R>(
    fn: (...args: Args) => Generator<T, R> | AsyncGenerator<T, R>,
    ...args: Args
  ): JobStream<T, R> {
    return this.streamWith({}, fn, ...args);
  }

  /** As `stream`, with options. */
  streamWith<Args extends unknown[], T, R>(
    options: JobStreamOptions,
    fn: (...args: Args) => Generator<T, R> | AsyncGenerator<T, R>,
    ...args: Args
  ): JobStream<T, R> {
    const settings = this.#settings(settingsFrom("stream", options));
    return streamJob<T, R>(options.bufferSize ?? 16, (credit, onItem) =>
      this.#submit("stream", fn, args, { ...settings, credit, onItem }),
    );
  }

  /**
   * Run `fn(...args)` once in each worker that the pool may have; those that do not exist yet are started.
   *
   * A worker that comes later, in the place of another one, has not run it: use `initializer` for what each one needs.
   *
   * ## Cancellation
   * Whoever waits can leave; the jobs run all the same.
   *
   * @throws {TypeError} `fn` is a closure.
   * @throws {RuntimeError} The pool is shut down.
   * @throws {BrokenExecutor} The pool is broken.
   * @throws {ExecutorFull} A worker has as many jobs as it can be sent, which are hundreds.
   */
  async broadcast<Args extends unknown[], R>(fn: (...args: Args) => R, ...args: Args): Promise<Awaited<R>[]> {
    const jobs = this.#pool.broadcast(this.#functionOf("broadcast", fn), args);
    return (await Promise.all(jobs.map((job) => job.future))) as Awaited<R>[];
  }

  /**
   * Wait until the queue has room, where `maxQueue` limits it.
   *
   * Those who wait are let in in the order in which they came. A place is kept for whoever is let in until the event loop
   * has turned: submit at once.
   *
   * ## Cancellation
   * Safe: the place goes to the next in line.
   *
   * @example
   * await using pool = new ThreadPoolExecutor({ maxWorkers: 1, maxQueue: 10 });
   * const square = inline((n: number) => n * n);
   * const results: PromiseLike<number>[] = [];
   * for (let n = 0; n < 100; n++) {
   *   await pool.waitForRoom();
   *   results.push(pool.submit(square, n));
   * }
   * (await Promise.all(results)).at(-1) // => 9801
   */
  waitForRoom(): Promise<void> {
    return this.#pool.waitForRoom();
  }

  /** What the pool has done, and what it has to do. */
  statistics(): PoolStatistics {
    return this.#pool.statistics();
  }

  /**
   * Take no more jobs, and end the workers once the jobs are done. A second time does nothing more, but `cancelFutures`.
   *
   * @returns Settled when all workers have ended; with `wait: false`, at once.
   *
   * ## Cancellation
   * Whoever waits can leave; the pool ends all the same.
   *
   * @see {@link https://docs.python.org/3/library/concurrent.futures.html#concurrent.futures.Executor.shutdown}
   */
  async shutdown(options: ExecutorShutdownOptions = {}): Promise<void> {
    const { wait = true, cancelFutures = false } = options;
    const ended = this.#pool.shutdown(cancelFutures);
    if (wait) await ended;
  }

  /** `shutdown({ wait: false })`, for `using`. */
  [Symbol.dispose](): void {
    void this.#pool.shutdown(false);
  }

  /** `shutdown()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }

  /** @internal A job with the values of context variables. */
  submitInContext(fn: AnyFunction, args: readonly unknown[], context: ContextSnapshot): ExecutorFuture<unknown> {
    const settings = settingsOf({ context, gracePeriod: this.#gracePeriod });
    return this.#submit("toThread", fn, args, settings).future;
  }

  #settings(given: JobSettings): JobSettings {
    return given.gracePeriod === null ? { ...given, gracePeriod: this.#gracePeriod } : given;
  }

  #submit(caller: string, fn: AnyFunction, args: readonly unknown[], settings: JobSettings | null): Job {
    const job = this.#pool.submit(this.#functionOf(caller, fn), args, settings, this.#site());
    if (settings !== null && settings.signal !== null) this.#cancelOnAbort(job, settings.signal);
    return job;
  }

  /** An abort settles the future at once, also of a job that goes on for a while. */
  #cancelOnAbort(job: Job, signal: AbortSignal): void {
    const abort = (): void => {
      if (this.#pool.revoke(job)) return job.future.setCancelled(signal.reason);
      const grace = job.settings?.gracePeriod ?? graceAfterAbort;
      job.abandon(signal.reason);
      this.#pool.askToStop(job, signal.reason, grace);
    };
    if (signal.aborted) return abort();
    addAbortListener(signal, abort);
    job.release = () => removeAbortListener(signal, abort);
  }

  #functionOf(caller: string, fn: AnyFunction): JobFunction {
    const known = this.#functions.get(fn);
    if (known !== undefined) return known;
    if (typeof fn !== "function") throw new TypeError(`${caller}() needs a function, not ${show(fn)}`);
    const name: JobName = nameOfJob(fn) ?? refuseClosure(caller, fn);
    const key = name.kind === "source" ? `${name.id}` : `${name.name} ${name.module}`;
    const made = this.#named.get(key) ?? { number: this.#named.size, name, expected: Number.POSITIVE_INFINITY };
    this.#named.set(key, made);
    this.#functions.set(fn, made);
    return made;
  }

  #site(): string | undefined {
    return this.#isDebugging ? captureStack() : undefined;
  }
}

/** How the workers of a pool begin. */
export function initializationFrom(options: PoolOptions): Initialization {
  checkPoolOptions(options);
  const { initializer, initargs = [], maxMemory = Number.POSITIVE_INFINITY } = options;
  if (initializer === undefined) return { initializer: null, initargs, maxMemory };
  return { initializer: nameOfJob(initializer) ?? refuseClosure("initializer", initializer), initargs, maxMemory };
}
