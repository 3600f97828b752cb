import { show } from "@asyncio-ts/contextvars";
import type { Seconds, TimerHandle } from "@asyncio-ts/core";
import { CancelledError, type Task } from "@asyncio-ts/tasks";
import { KeyboardInterrupt } from "./errors.ts";

/** A signal that can interrupt a run. */
export type InterruptSignal = "SIGINT" | "SIGTERM";

/** Which signals interrupt a run, and how long it may take to end then. */
export interface InterruptOptions {
  /** By default SIGINT alone, that is Ctrl-C; SIGTERM is what service managers and containers send. */
  readonly interruptedBy?: readonly InterruptSignal[] | undefined;
  /** How long the main task may clean up after a signal before the process exits; by default for ever, as in CPython. */
  readonly gracePeriod?: Seconds | undefined;
}

/** What shells say of a program that a signal has ended: 128 and the number of the signal. */
const exitCodes: Readonly<Record<InterruptSignal, number>> = { SIGINT: 130, SIGTERM: 143 };

/** The runs of this thread that each signal interrupts. They share one listener. */
const interruptible = { SIGINT: new Set<InterruptibleRun>(), SIGTERM: new Set<InterruptibleRun>() };

const listeners = { SIGINT: () => interruptAll("SIGINT"), SIGTERM: () => interruptAll("SIGTERM") };

/**
 * A run that signals interrupt: the first one cancels its main task, the second one ends the process.
 *
 * Only where nobody else listens to the signal. Worker threads get no signals: there, nothing ever comes of it.
 *
 * @see {@link https://github.com/python/cpython/blob/main/Lib/asyncio/runners.py}
 */
export class InterruptibleRun {
  readonly #main: Task<unknown>;
  readonly #signals: readonly InterruptSignal[];
  readonly #gracePeriod: Seconds | undefined;
  #interruptedBy: InterruptSignal | null = null;
  #deadline: TimerHandle | null = null;

  constructor(main: Task<unknown>, { interruptedBy = ["SIGINT"], gracePeriod }: InterruptOptions) {
    this.#main = main;
    this.#signals = interruptedBy;
    this.#gracePeriod = gracePeriod;
  }

  /** From now on the signals are ours, those that nobody listens to already. */
  begin(): void {
    for (const signal of this.#signals) this.#listen(signal);
  }

  end(): void {
    this.#deadline?.cancel();
    for (const signal of this.#signals) {
      const runs = interruptible[signal];
      if (runs.delete(this) && runs.size === 0) process.removeListener(signal, listeners[signal]);
    }
  }

  /** Whether a signal has cancelled the main task. */
  get interrupted(): boolean {
    return this.#interruptedBy !== null;
  }

  /** Cancel the main task, once; false if there is nothing to cancel. */
  interrupt(signal: InterruptSignal): boolean {
    if (this.interrupted || this.#main.done()) return false;
    this.#interruptedBy = signal;
    if (this.#gracePeriod !== undefined) {
      const exit = (): never => process.exit(exitCodes[signal]);
      this.#deadline = this.#main.loop.callLater(this.#gracePeriod, exit);
    }
    return this.#main.cancel();
  }

  /** What the run fails with, when the main task has failed with `error`: whoever else cancels it has precedence. */
  failureFor(error: unknown): unknown {
    const signal = this.#interruptedBy;
    if (signal === null || !(error instanceof CancelledError) || this.#main.uncancel() > 0) return error;
    announceExitCode(exitCodes[signal]);
    return new KeyboardInterrupt(`The run was interrupted by ${signal}`, { cause: error, signal });
  }

  #listen(signal: InterruptSignal): void {
    const others = listenersOf(signal);
    if (others?.length === 0) process.on(signal, listeners[signal]);
    else if (!others?.includes(listeners[signal])) return;
    interruptible[signal].add(this);
  }
}

/**
 * Refuse what cannot interrupt.
 *
 * @throws {TypeError} An option is of the wrong type.
 * @throws {RangeError} `gracePeriod` is no span of time.
 */
export function checkInterruptOptions({ interruptedBy, gracePeriod }: InterruptOptions): void {
  const isListOfSignals = Array.isArray(interruptedBy) && interruptedBy.every((each) => Object.hasOwn(exitCodes, each));
  if (interruptedBy !== undefined && !isListOfSignals) {
    throw new TypeError(`The option interruptedBy is a list of "SIGINT" and "SIGTERM", not ${show(interruptedBy)}`);
  }
  if (gracePeriod === undefined) return;
  if (typeof gracePeriod !== "number") {
    throw new TypeError(`The option gracePeriod is a number of seconds, not ${show(gracePeriod)}`);
  }
  if (!(gracePeriod >= 0)) throw new RangeError(`The option gracePeriod cannot be ${show(gracePeriod)} seconds`);
}

/** `null` where there are no signals. */
function listenersOf(signal: InterruptSignal): unknown[] | null {
  const hasSignals = typeof globalThis.process?.listeners === "function";
  return hasSignals ? process.listeners(signal) : null;
}

function interruptAll(signal: InterruptSignal): void {
  const runs = [...interruptible[signal]];
  const isFirst = !runs.some((run) => run.interrupted);
  if (isFirst && runs.filter((run) => run.interrupt(signal)).length > 0) return;
  process.exit(exitCodes[signal]);
}

/** The program goes on, and may set another one; but if it ends by the interrupt, then as programs do that a signal ended. */
function announceExitCode(exitCode: number): void {
  process.exitCode ??= exitCode;
  if (process.listeners("uncaughtExceptionMonitor").includes(watchUncaught)) return;
  process.on("uncaughtExceptionMonitor", watchUncaught);
}

/** Node sets the exit code of a program that an error ends to 1, in spite of what it was; in `exit` it can be changed. */
function watchUncaught(error: unknown): void {
  if (!(error instanceof KeyboardInterrupt)) return;
  process.once("exit", () => {
    process.exitCode = exitCodes[error.signal];
  });
}
