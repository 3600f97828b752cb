import { Context, copyContext, RuntimeError } from "@asyncio-ts/contextvars";
import { debugByDefault } from "./debug.ts";
import {
  type ExceptionContext,
  type ExceptionHandler,
  ExceptionReporter,
  printException,
} from "./exception-handler.ts";
import { Handle } from "./handle.ts";
import type { Host, Seconds } from "./host.ts";
import { enterRunning, leaveRunning, loopOfFlow } from "./running-loop.ts";
import type { Runnable, ScheduleOptions, Scheduler, Timer } from "./scheduler.ts";
import { TimerHandle } from "./timer-handle.ts";
import { type LoopStatistics, TurnEngine } from "./turn-engine.ts";

/** Settings of a loop. */
export interface EventLoopOptions {
  /** Debug mode; by default on when the environment variable `ASYNCIO_DEBUG` is set. */
  readonly debug?: boolean | undefined;
}

type Callback<Args extends unknown[]> = (...args: Args) => unknown;

/**
 * Runs callbacks in order and timers in time.
 *
 * It knows of callbacks alone: futures, tasks and all else are made of them by the layers above. How it takes its turns is
 * told in `turn-engine.ts`.
 *
 * @see {@link https://github.com/python/cpython/blob/main/Lib/asyncio/base_events.py}
 */
export class BaseEventLoop implements Scheduler {
  readonly #engine: TurnEngine;
  readonly #exceptions = new ExceptionReporter(this);
  readonly #closeListeners: (() => void)[] = [];
  #closed = false;

  constructor(host: Host, options: EventLoopOptions = {}) {
    this.#engine = new TurnEngine(host);
    this.#engine.debug = options.debug ?? debugByDefault();
  }

  // -- scheduling

  /** The loop's clock, in seconds since some fixed point. */
  time(): Seconds {
    return this.#engine.time();
  }

  /**
   * Call `callback` with `args` in the next turn, after everything that is ready now, in a copy of the current context.
   *
   * @throws {RuntimeError} The loop is closed.
   */
  callSoon<Args extends unknown[]>(callback: Callback<Args>, ...args: Args): Handle {
    return this.callSoonWith({}, callback, ...args);
  }

  /** `callSoon` with options: `context` is the context to run in, not copied. */
  callSoonWith<Args extends unknown[]>(options: ScheduleOptions, callback: Callback<Args>, ...args: Args): Handle {
    this.#checkClosed();
    checkCallable("callSoon", callback);
    const handle = new Handle(this, callback, args, contextFor("callSoon", options));
    this.schedule(handle);
    return handle;
  }

  /**
   * Call `callback` with `args` after `delay` seconds.
   *
   * A delay of zero or less fires in the next turn. Callbacks that are due at the same time run in the order in which
   * they were scheduled.
   *
   * @param delay - In seconds; any length. `Infinity` never fires.
   * @throws {RangeError} `delay` is NaN.
   * @throws {RuntimeError} The loop is closed.
   */
  callLater<Args extends unknown[]>(delay: Seconds, callback: Callback<Args>, ...args: Args): TimerHandle {
    return this.callLaterWith({}, delay, callback, ...args);
  }

  /** `callLater` with options: `context` is the context to run in, not copied. */
  callLaterWith<Args extends unknown[]>(
    options: ScheduleOptions,
    delay: Seconds,
    callback: Callback<Args>,
    ...args: Args
  ): TimerHandle {
    this.#checkClosed();
    checkCallable("callLater", callback);
    checkSeconds("callLater", "delay", delay);
    return this.callAtWith(options, this.time() + delay, callback, ...args);
  }

  /**
   * Call `callback` with `args` when the loop's clock shows `when`.
   *
   * @throws {RangeError} `when` is NaN.
   * @throws {RuntimeError} The loop is closed.
   */
  callAt<Args extends unknown[]>(when: Seconds, callback: Callback<Args>, ...args: Args): TimerHandle {
    return this.callAtWith({}, when, callback, ...args);
  }

  /** `callAt` with options: `context` is the context to run in, not copied. */
  callAtWith<Args extends unknown[]>(
    options: ScheduleOptions,
    when: Seconds,
    callback: Callback<Args>,
    ...args: Args
  ): TimerHandle {
    this.#checkClosed();
    checkCallable("callAt", callback);
    checkSeconds("callAt", "when", when);
    const timer = new TimerHandle(this, when, callback, args, contextFor("callAt", options));
    this.#engine.scheduleAt(timer);
    return timer;
  }

  schedule(runnable: Runnable): void {
    if (this.#closed) throw new RuntimeError("Event loop is closed");
    this.#engine.schedule(runnable);
  }

  scheduleAt(timer: Timer): void {
    this.#checkClosed();
    checkSeconds("scheduleAt", "a deadline", timer.when());
    this.#engine.scheduleAt(timer);
  }

  drainMicrotasks(): void {
    this.#engine.drainMicrotasks();
  }

  // -- life

  /**
   * Run until `stop()` is called.
   *
   * @returns A promise that resolves when the loop has stopped.
   * @throws {RuntimeError} The loop is closed or running already, or the caller is inside another running loop.
   */
  runForever(): Promise<void> {
    this.checkRunnable();
    enterRunning(this);
    return new Promise((resolve, reject) => {
      this.#engine.start((end) => {
        leaveRunning(this);
        if (end === "stopped") resolve();
        else reject(end === "stuck" ? this.deadlockError() : end.error);
      });
    });
  }

  /**
   * Stop at the end of the current turn; what that turn schedules stays queued for the next run.
   *
   * Before a run it lets that run take one turn.
   */
  stop(): void {
    this.#engine.stop();
  }

  /**
   * Drop what is queued and refuse further work. Closing twice does nothing.
   *
   * @throws {RuntimeError} The loop is running.
   */
  close(): void {
    if (this.isRunning()) throw new RuntimeError("Cannot close a running event loop");
    if (this.#closed) return;
    this.#closed = true;
    const left = this.#engine.clear();
    for (const listener of this.#closeListeners.splice(0)) this.#tellClosed(listener);
    for (const runnable of left) runnable.runWithoutLoop?.();
  }

  #tellClosed(listener: () => void): void {
    try {
      listener();
    } catch (exception) {
      this.callExceptionHandler({ message: "Exception in a listener for the close of the event loop", exception });
    }
  }

  onClose(listener: () => void): void {
    checkCallable("onClose", listener);
    this.#closeListeners.push(listener);
  }

  /** Whether a run is under way. */
  isRunning(): boolean {
    return this.#engine.isRunning();
  }

  /** Whether `close()` was called. */
  isClosed(): boolean {
    return this.#closed;
  }

  /** Whether debug mode is on. */
  getDebug(): boolean {
    return this.#engine.debug;
  }

  /** Turn debug mode on or off. */
  setDebug(enabled: boolean): void {
    this.#engine.debug = Boolean(enabled);
  }

  /** How many turns the loop has taken and what it holds. */
  statistics(): LoopStatistics {
    return this.#engine.statistics();
  }

  /** A callback or step that takes this long, in seconds, is reported in debug mode; 0.1 at first. */
  get slowCallbackDuration(): Seconds {
    return this.#engine.watch.limit;
  }

  set slowCallbackDuration(seconds: Seconds) {
    checkSeconds("slowCallbackDuration", "a duration", seconds);
    this.#engine.watch.limit = seconds;
  }

  // -- exceptions that nobody can catch

  /** The handler set by `setExceptionHandler`, or `null`. */
  getExceptionHandler(): ExceptionHandler<this> | null {
    return this.#exceptions.handler as ExceptionHandler<this> | null;
  }

  /** Call `handler` with what nobody can catch, instead of printing it; `null` prints again. */
  setExceptionHandler(handler: ExceptionHandler<this> | null): void {
    if (handler !== null) checkCallable("setExceptionHandler", handler);
    this.#exceptions.handler = handler as ExceptionHandler<never> | null;
  }

  /** Print what is known about an exception that nobody could catch. */
  defaultExceptionHandler(context: ExceptionContext): void {
    printException(context);
  }

  /**
   * Report an exception to the exception handler, in the context of what failed.
   *
   * Never throws: an error in the handler is reported by the default handler.
   */
  callExceptionHandler(context: ExceptionContext): void {
    this.#exceptions.report(context);
  }

  /** What a run fails with when nothing can ever wake the loop; a composed loop knows more to tell. */
  protected deadlockError(): Error {
    return new RuntimeError("Nothing can wake the event loop: no handle is ready and no timer is armed");
  }

  #checkClosed(): void {
    if (this.#closed) throw new RuntimeError("Event loop is closed");
  }

  /**
   * Refuse to run where that makes no sense.
   *
   * @throws {RuntimeError} The loop is closed or running already, or the caller is inside another running loop.
   */
  protected checkRunnable(): void {
    this.#checkClosed();
    if (this.isRunning()) throw new RuntimeError("This event loop is already running");
    if (loopOfFlow() !== null) throw new RuntimeError("Cannot run the event loop while another loop is running");
  }
}

function checkCallable(method: string, callback: unknown): void {
  if (typeof callback !== "function") throw new TypeError(`${method}() needs a function, not ${String(callback)}`);
}

function contextFor(method: string, { context }: ScheduleOptions): Context {
  if (context === undefined) return copyContext();
  if (context instanceof Context) return context;
  throw new TypeError(`${method}() needs a Context as context, not ${String(context)}`);
}

function checkSeconds(method: string, name: string, seconds: unknown): void {
  if (typeof seconds !== "number") throw new TypeError(`${method}() needs ${name} in seconds, not ${String(seconds)}`);
  if (Number.isNaN(seconds)) throw new RangeError(`${method}() cannot use NaN as ${name}`);
}
