import { show } from "@asyncio-ts/contextvars";
import type { Seconds } from "@asyncio-ts/core";
import type { CrewSetup } from "./crew.ts";
import type { BrokenExecutor } from "./errors.ts";

// biome-ignore lint/suspicious/noExplicitAny: whatever the user's function takes
type Initializer = (...args: any[]) => unknown;

/** What thread pools and process pools have in common. */
export interface PoolOptions {
  /** How many workers at most; they are started when they are needed. */
  readonly maxWorkers?: number | undefined;
  /** Run in each worker before its first job. If it fails, the pool is broken. */
  readonly initializer?: Initializer | undefined;
  readonly initargs?: readonly unknown[] | undefined;
  /** How many jobs a worker runs before another one takes its place. No limit by default. */
  readonly maxTasksPerChild?: number | undefined;
  /** After how many seconds without a job a worker ends; 60 by default. */
  readonly idleTimeout?: Seconds | undefined;
  /** How many bytes a worker may use before another one takes its place, once its job is done. No limit by default. */
  readonly maxMemory?: number | undefined;
  /** How many jobs may wait for a worker; `submit` throws `ExecutorFull` beyond, and `waitForRoom` waits. No limit by default. */
  readonly maxQueue?: number | undefined;
  /** When a worker dies: have another one in its place (by default), or break the pool as Python's `ProcessPoolExecutor`. */
  readonly onWorkerCrash?: "replace" | "break" | undefined;
  /** How long a job that was asked to stop may go on, in seconds, before its worker is ended; see `SubmitOptions`. */
  readonly gracePeriod?: Seconds | undefined;
  /** Of the pool; its workers are called `name-1` and so on. */
  readonly name?: string | undefined;
  /** Note where jobs were submitted, and add it to the stack of their errors; by default as `ASYNCIO_DEBUG` says. */
  readonly debug?: boolean | undefined;
}

/** What becomes of them: how a pool is set up. */
export interface PoolSetup extends CrewSetup {
  readonly name: string;
  readonly maxWorkers: number;
  readonly maxQueue: number;
  readonly onWorkerCrash: "replace" | "break";
  readonly Broken: new (message: string, options?: ErrorOptions) => BrokenExecutor;
}

/** @throws {TypeError} An option is of the wrong type. @throws {RangeError} It is out of range. */
export function checkPoolOptions(options: PoolOptions): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`An executor needs an object of options, not ${show(options)}`);
  }
  for (const name of ["maxWorkers", "maxTasksPerChild", "maxMemory"] as const) checkNumber(options, name, 1);
  for (const name of ["idleTimeout", "maxQueue", "gracePeriod"] as const) checkNumber(options, name, 0);
  if (options.maxWorkers === Number.POSITIVE_INFINITY) {
    throw new RangeError("The option maxWorkers is finite, not Infinity");
  }
  const { initializer, initargs, onWorkerCrash, name } = options;
  if (initializer !== undefined && typeof initializer !== "function") {
    throw new TypeError(`The option initializer is a function, not ${show(initializer)}`);
  }
  if (initargs !== undefined && !Array.isArray(initargs)) {
    throw new TypeError(`The option initargs is an array, not ${show(initargs)}`);
  }
  if (onWorkerCrash !== undefined && onWorkerCrash !== "replace" && onWorkerCrash !== "break") {
    throw new RangeError(`The option onWorkerCrash is "replace" or "break", not ${show(onWorkerCrash)}`);
  }
  if (name !== undefined && typeof name !== "string")
    throw new TypeError(`The option name is a string, not ${show(name)}`);
}

type NumberOption = "maxWorkers" | "maxTasksPerChild" | "maxMemory" | "idleTimeout" | "maxQueue" | "gracePeriod";

function checkNumber(options: PoolOptions, name: NumberOption, least: number): void {
  const value: unknown = options[name];
  if (value === undefined) return;
  if (typeof value !== "number") throw new TypeError(`The option ${name} is a number, not ${show(value)}`);
  if (!(value >= least)) throw new RangeError(`The option ${name} is at least ${least}, not ${show(value)}`);
}
