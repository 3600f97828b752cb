import { brand, RuntimeError } from "@asyncio-ts/contextvars";

/**
 * An executor can run no more jobs, or not the one concerned.
 *
 * @see {@link https://docs.python.org/3/library/concurrent.futures.html#concurrent.futures.BrokenExecutor}
 *
 * @example
 * new BrokenExecutor("The pool is broken") instanceof RuntimeError // => true
 */
export class BrokenExecutor extends RuntimeError {
  static {
    brand(this, "asyncio-ts.BrokenExecutor");
  }
}

/**
 * A thread pool is broken: a worker cannot start, its initializer failed, or it died where `onWorkerCrash` is `"break"`.
 *
 * @see {@link https://docs.python.org/3/library/concurrent.futures.html#concurrent.futures.thread.BrokenThreadPool}
 *
 * @example
 * new BrokenThreadPool("The initializer failed") instanceof BrokenExecutor // => true
 */
export class BrokenThreadPool extends BrokenExecutor {
  static {
    brand(this, "asyncio-ts.BrokenThreadPool");
  }
}

/**
 * A process pool is broken: a worker cannot start, its initializer failed, or it died where `onWorkerCrash` is `"break"`.
 *
 * @see {@link https://docs.python.org/3/library/concurrent.futures.html#concurrent.futures.process.BrokenProcessPool}
 *
 * @example
 * new BrokenProcessPool("The initializer failed") instanceof BrokenExecutor // => true
 */
export class BrokenProcessPool extends BrokenExecutor {
  static {
    brand(this, "asyncio-ts.BrokenProcessPool");
  }
}

/** How a worker ended. */
export interface WorkerExit {
  /** What it gave to `process.exit()`; `null` if a signal ended it. */
  readonly exitCode: number | null;
  /** The signal that ended it; only of a process. */
  readonly signal: string | null;
  /** Whether it ran out of memory, as far as that can be told. */
  readonly oom: boolean;
  /** What it threw, if that is known. */
  readonly error?: unknown;
}

/**
 * The worker died while it was running the job. The job is not run again; its neighbours move to another worker.
 *
 * @example
 * new WorkerDied("A worker died", { exitCode: 3, signal: null, oom: false }).exitCode // => 3
 */
export class WorkerDied extends BrokenExecutor {
  static {
    brand(this, "asyncio-ts.WorkerDied");
  }

  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly oom: boolean;

  constructor(message: string, exit: WorkerExit) {
    super(message, exit.error === undefined ? undefined : { cause: exit.error });
    this.exitCode = exit.exitCode;
    this.signal = exit.signal;
    this.oom = exit.oom;
  }
}

/**
 * The queue of an executor holds as many jobs as `maxQueue` allows.
 *
 * @example
 * new ExecutorFull("The queue holds 10 jobs already").name // => "ExecutorFull"
 */
export class ExecutorFull extends RuntimeError {
  static {
    brand(this, "asyncio-ts.ExecutorFull");
  }
}

/**
 * The name of a job leads to nothing that can run: the module does not load, or has no such function.
 *
 * Its cause is what loading the module has failed with.
 *
 * @example
 * new JobLoadError("There is no such export").name // => "JobLoadError"
 */
export class JobLoadError extends Error {
  static {
    brand(this, "asyncio-ts.JobLoadError");
  }
}

/**
 * A job that was made by `inline` uses a variable from outside itself, which did not travel with it.
 *
 * @example
 * new ClosureError("The inline job uses rate", "rate").variable // => "rate"
 */
export class ClosureError extends ReferenceError {
  static {
    brand(this, "asyncio-ts.ClosureError");
  }

  /** What the variable is called. */
  readonly variable: string;

  constructor(message: string, variable: string, options?: ErrorOptions) {
    super(message, options);
    this.variable = variable;
  }
}

/**
 * An error of a job whose class is not known here. It has the name, the message, the properties and the stack of the
 * original.
 *
 * `registerError` makes a class known.
 *
 * @example
 * new RemoteError("no such page").name // => "RemoteError"
 */
export class RemoteError extends Error {
  static {
    brand(this, "asyncio-ts.RemoteError");
  }
}

/** How a worker ended, in words. */
export function describeExit({ exitCode, signal, oom }: WorkerExit): string {
  if (oom) return signal === null ? "ran out of memory" : `was aborted by ${signal}, as when it runs out of memory,`;
  return signal === null ? `exited with code ${exitCode}` : `was killed by ${signal}`;
}

/** Whether it says that something was stopped because somebody wanted so. */
export function isCancellation(error: unknown): boolean {
  return error instanceof Error && (error.name === "CancelledError" || error.name === "AbortError");
}
