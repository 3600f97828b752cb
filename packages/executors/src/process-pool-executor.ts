import { availableParallelism } from "node:os";
import { BrokenProcessPool } from "./errors.ts";
import { initializationFrom, PoolExecutor } from "./pool-executor.ts";
import type { PoolOptions } from "./pool-options.ts";
import { processCommand } from "./process-command.ts";
import { ProcessLink, type ProcessSettings } from "./process-link.ts";

/** Settings of a `ProcessPoolExecutor`. */
export interface ProcessPoolOptions extends PoolOptions {
  /** How much memory the heap of a process may take; one that takes more dies. */
  readonly resourceLimits?: { readonly maxOldGenerationSizeMb?: number | undefined } | undefined;
  /**
   * Flags of Node for the processes; by default those of this process.
   *
   * On Deno: flags of `deno run`, which a program cannot know of itself. If permissions are among them, these are all; else
   * each that this process has without restriction is added.
   */
  readonly execArgv?: readonly string[] | undefined;
  /** The environment of the processes; by default that of this process. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** The program to run; by default the one that runs this process. */
  readonly execPath?: string | undefined;
}

/**
 * Runs functions in processes of their own: slower to reach than threads, but whatever happens there, happens there.
 *
 * Processes are started when they are needed, at most `maxWorkers` of them: by default as many as there are processors. Jobs
 * that wait or run keep the program up; processes that have nothing to do do not, and end with it.
 *
 * There is no shared memory: a job that was sent to a process can no longer be cancelled exactly, so more are sent
 * along only if jobs are known to be short.
 *
 * A process ends when the program ends, however that came about, and with it all that it has started itself.
 *
 * @see {@link https://docs.python.org/3/library/concurrent.futures.html#processpoolexecutor}
 *
 * @example
 * await using pool = new ProcessPoolExecutor({ maxWorkers: 2 });
 * const double = inline((n: number) => n * 2);
 * await pool.submit(double, 21) // => 42
 */
export class ProcessPoolExecutor extends PoolExecutor {
  /**
   * @throws {TypeError} An option is of the wrong type. @throws {RangeError} It is out of range.
   * @throws {RuntimeError} `resourceLimits` on Bun, which knows none.
   */
  constructor(options: ProcessPoolOptions = {}) {
    const initialization = initializationFrom(options);
    const settings = processSettings(options);
    super(options, {
      name: "ProcessPoolExecutor",
      maxWorkers: availableParallelism(),
      capabilities: {
        where: "process",
        sharedMemory: false,
        transfer: false,
        streaming: true,
        synchronousCancel: true,
      },
      start: (events) => new ProcessLink(events, initialization, settings),
      Broken: BrokenProcessPool,
    });
  }
}

function processSettings(options: ProcessPoolOptions): ProcessSettings {
  const { execPath = process.execPath, execArgv = process.execArgv, env = process.env } = options;
  return { execPath, ...processCommand(execArgv, options.resourceLimits?.maxOldGenerationSizeMb), env };
}
