import { CancelledError, type Task } from "@asyncio-ts/tasks";
import { KeyboardInterrupt } from "./errors.ts";

/** What shells say of a program that SIGINT has ended: 128 and the number of the signal. */
const exitCodeOfInterrupt = 130;

/** The runs of this thread that Ctrl-C interrupts. They share one listener. */
const interruptible = new Set<InterruptibleRun>();

/**
 * A run that Ctrl-C interrupts: the first SIGINT cancels its main task, the second one ends the process.
 *
 * Only where nobody else listens to SIGINT. Worker threads get no signals: there, nothing ever comes of it.
 *
 * @see {@link https://github.com/python/cpython/blob/main/Lib/asyncio/runners.py}
 */
export class InterruptibleRun {
  readonly #main: Task<unknown>;
  #interrupted = false;

  constructor(main: Task<unknown>) {
    this.#main = main;
  }

  /** From now on SIGINT is ours, unless somebody listens to it already. */
  begin(): void {
    const listeners = listenersOfSigint();
    if (listeners?.length === 0) process.on("SIGINT", interruptAll);
    else if (!listeners?.includes(interruptAll)) return;
    interruptible.add(this);
  }

  end(): void {
    if (interruptible.delete(this) && interruptible.size === 0) process.removeListener("SIGINT", interruptAll);
  }

  /** Whether a SIGINT has cancelled the main task. */
  get interrupted(): boolean {
    return this.#interrupted;
  }

  /** Cancel the main task, once; false if there is nothing to cancel. */
  interrupt(): boolean {
    if (this.#interrupted || this.#main.done()) return false;
    this.#interrupted = true;
    return this.#main.cancel();
  }

  /** What the run fails with, when the main task has failed with `error`: whoever else cancels it has precedence. */
  failureFor(error: unknown): unknown {
    if (!this.#interrupted || !(error instanceof CancelledError) || this.#main.uncancel() > 0) return error;
    announceExitCode();
    return new KeyboardInterrupt(undefined, { cause: error });
  }
}

/** `null` where there are no signals. */
function listenersOfSigint(): unknown[] | null {
  const hasSignals = typeof globalThis.process?.listeners === "function";
  return hasSignals ? process.listeners("SIGINT") : null;
}

function interruptAll(): void {
  const runs = [...interruptible];
  const isFirst = !runs.some((run) => run.interrupted);
  if (isFirst && runs.filter((run) => run.interrupt()).length > 0) return;
  process.exit(exitCodeOfInterrupt);
}

/** The program goes on, and may set another one; but if it ends by the interrupt, then as programs do that SIGINT ended. */
function announceExitCode(): void {
  process.exitCode ??= exitCodeOfInterrupt;
  if (process.listeners("uncaughtExceptionMonitor").includes(watchUncaught)) return;
  process.on("uncaughtExceptionMonitor", watchUncaught);
}

/** Node sets the exit code of a program that an error ends to 1, in spite of what it was; in `exit` it can be changed. */
function watchUncaught(error: unknown): void {
  if (error instanceof KeyboardInterrupt) process.once("exit", exitInterrupted);
}

function exitInterrupted(): void {
  process.exitCode = exitCodeOfInterrupt;
}
