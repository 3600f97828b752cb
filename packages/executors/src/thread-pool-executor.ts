import { availableParallelism } from "node:os";
import type { ResourceLimits, WorkerOptions } from "node:worker_threads";
import { BrokenThreadPool } from "./errors.ts";
import { initializationFrom, PoolExecutor } from "./pool-executor.ts";
import type { PoolOptions } from "./pool-options.ts";
import { refuseLimitsOnBun } from "./process-command.ts";
import { ThreadLink } from "./thread-link.ts";

/** Settings of a `ThreadPoolExecutor`. */
export interface ThreadPoolOptions extends PoolOptions {
  /** How much memory a thread may take; one that takes more dies, and only that one. */
  readonly resourceLimits?: ResourceLimits | undefined;
  /** Flags of Node for the threads; by default those of this process. */
  readonly execArgv?: readonly string[] | undefined;
  /** The environment of the threads; by default a copy of that of this process. */
  readonly env?: WorkerOptions["env"] | undefined;
  /** Whatever else `new Worker` takes. */
  readonly workerOptions?: Omit<WorkerOptions, "eval" | "workerData" | "transferList"> | undefined;
}

/**
 * Runs functions in threads of this process.
 *
 * Threads are started when they are needed, at most `maxWorkers` of them: by default four more than there are processors,
 * and 32 at most. Jobs that wait or run keep the program up; threads that have nothing to do do not.
 *
 * @see {@link https://docs.python.org/3/library/concurrent.futures.html#threadpoolexecutor}
 *
 * @example
 * await using pool = new ThreadPoolExecutor({ maxWorkers: 2 });
 * const double = inline((n: number) => n * 2);
 * await pool.submit(double, 21) // => 42
 */
export class ThreadPoolExecutor extends PoolExecutor {
  /**
   * @throws {TypeError} An option is of the wrong type. @throws {RangeError} It is out of range.
   * @throws {RuntimeError} `resourceLimits` on Bun, which knows none.
   */
  constructor(options: ThreadPoolOptions = {}) {
    const initialization = initializationFrom(options);
    const { name = "ThreadPoolExecutor", resourceLimits = options.workerOptions?.resourceLimits } = options;
    if (resourceLimits !== undefined) refuseLimitsOnBun();
    super(options, {
      name,
      maxWorkers: Math.min(32, availableParallelism() + 4),
      capabilities: { where: "thread", sharedMemory: true, transfer: true, streaming: true, synchronousCancel: true },
      start: (events, number) => new ThreadLink(events, initialization, workerOptions(options, `${name}-${number}`)),
      Broken: BrokenThreadPool,
    });
  }
}

function workerOptions(options: ThreadPoolOptions, name: string): WorkerOptions {
  const { resourceLimits, execArgv, env, workerOptions: others } = options;
  return {
    name,
    ...others,
    ...(resourceLimits === undefined ? {} : { resourceLimits }),
    ...(execArgv === undefined ? {} : { execArgv: [...execArgv] }),
    ...(env === undefined ? {} : { env }),
  };
}
