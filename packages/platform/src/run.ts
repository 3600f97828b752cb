import type { Seconds } from "@asyncio-ts/core";
import { checkRun, closeUnused, type MainWork } from "./main-work.ts";
import { Watchdog } from "./node-watchdog.ts";
import { Runner, type RunnerOptions } from "./runner.ts";

/** Settings of `run`. */
export interface RunOptions extends RunnerOptions {
  /** Cancels the main task when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Print the stack of the main thread when the loop has not turned for so many seconds; see `Watchdog`. */
  readonly watchdog?: Seconds | undefined;
}

/**
 * Run `main` on a new loop to its end, then cancel the tasks that it left behind, wait for them, and close the loop.
 *
 * The way to start a program. Whatever goes wrong rejects the promise; a coroutine that was refused is closed. Runs side
 * by side in one thread are independent of each other.
 *
 * @param main - A function that makes the work, called on the loop; a coroutine, a generator, or a future. Not a
 *   promise: `run(main)`, not `run(main())` for an `async` function.
 *
 * ## Cancellation
 * As `Runner.run`: the abort of `options.signal`, or the first SIGINT, cancels the main task once.
 *
 * @throws {RuntimeError} Called inside a running loop.
 * @throws {TypeError} `main` is a promise, or cannot be run, or an option is of the wrong type.
 * @throws {RangeError} `watchdog` is no time that a watchdog can wait.
 * @throws {DeadlockError} `main`, or a task that it left behind, waits for something that can never happen.
 * @throws {KeyboardInterrupt} The main task was cancelled by SIGINT.
 * @throws What `main` throws. If the shutdown fails as well, its error is thrown, with that of `main` as its cause.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-runner.html#asyncio.run}
 *
 * @example
 * await run(async () => {
 *   await sleep(0.01);
 *   return "done";
 * }) // => "done"
 */
export async function run<T>(main: MainWork<T>, options: RunOptions = {}): Promise<T> {
  const runner = makeRunner(main, options);
  const watchdog = startWatchdog(main, options);
  try {
    return await runAndClose(runner, main, options);
  } finally {
    watchdog?.stop();
  }
}

async function runAndClose<T>(runner: Runner, main: MainWork<T>, options: RunOptions): Promise<T> {
  let result: T;
  try {
    result = await runner.run(main, { signal: options.signal });
  } catch (error) {
    await closeAfterFailure(runner, error);
    throw error;
  }
  await runner.close();
  return result;
}

function startWatchdog(main: unknown, { watchdog }: RunOptions): Watchdog | null {
  if (watchdog === undefined) return null;
  try {
    return new Watchdog(watchdog);
  } catch (error) {
    closeUnused(main);
    throw error;
  }
}

function makeRunner(main: unknown, options: RunOptions): Runner {
  try {
    checkRun("asyncio.run()", main, options);
    return new Runner(options);
  } catch (error) {
    closeUnused(main);
    throw error;
  }
}

async function closeAfterFailure(runner: Runner, failure: unknown): Promise<void> {
  try {
    await runner.close();
  } catch (error) {
    if (error instanceof Error) error.cause ??= failure;
    throw error;
  }
}
