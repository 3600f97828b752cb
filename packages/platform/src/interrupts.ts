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
  /** How long the run may take to end after a signal, its shutdown included, before the process exits; by default for ever, as in CPython. */
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
  #hasEndedRun = false;

  constructor(main: Task<unknown>, { interruptedBy = ["SIGINT"], gracePeriod }: InterruptOptions) {
    this.#main = main;
    this.#signals = interruptedBy;
    this.#gracePeriod = gracePeriod;
  }

  /** From now on the signals are ours, those that nobody listens to already. */
  begin(): void {
    for (const signal of this.#signals) this.#listen(signal);
  }

  /** The main task has ended. If that was by a signal, the deadline stays: it is for the shutdown of the loop as well. */
  end(): void {
    if (!this.#hasEndedRun) this.forgive();
    for (const signal of this.#signals) {
      const runs = interruptible[signal];
      if (runs.delete(this) && runs.size === 0) process.removeListener(signal, listeners[signal]);
    }
  }

  /** The program goes on in spite of the signal, and has all the time. */
  forgive(): void {
    this.#deadline?.cancel();
  }

  /** Cancel the main task, once; false if there is nothing to cancel. */
  interrupt(signal: InterruptSignal): boolean {
    if (this.#interruptedBy !== null || this.#main.done()) return false;
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
    this.#hasEndedRun = true;
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

/** A run that has survived a signal does not make it the second one for a run that has begun since. */
function interruptAll(signal: InterruptSignal): void {
  const interrupted = [...interruptible[signal]].filter((run) => run.interrupt(signal));
  if (interrupted.length === 0) process.exit(exitCodes[signal]);
}

/** The program goes on, and may set another one; but if it ends by the interrupt, then as programs do that a signal ended. */
function announceExitCode(exitCode: number): void {
  process.exitCode ??= exitCode;
  if (process.listeners("uncaughtExceptionMonitor").includes(watchUncaught)) return;
  process.on("uncaughtExceptionMonitor", watchUncaught);
}

/**
 * Node sets the exit code of a program that an error ends to 1, in spite of what it was; in `exit` it can be changed. Where
 * the program handles uncaught errors, it decides itself.
 */
function watchUncaught(error: unknown): void {
  if (!(error instanceof KeyboardInterrupt) || process.listenerCount("uncaughtException") > 0) return;
  process.once("exit", () => {
    process.exitCode = exitCodes[error.signal];
  });
}
