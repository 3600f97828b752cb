import { Context, copyContext, currentFrame, RuntimeError, runInFrame } from "@asyncio-ts/contextvars";
import { debugByDefault } from "./debug.ts";
import { type ExceptionContext, printException } from "./exception-handler.ts";
import { Handle } from "./handle.ts";
import type { Cancellable, Host, Seconds } from "./host.ts";
import { ReadyQueue } from "./ready-queue.ts";
import { enterRunning, leaveRunning, loopOfFlow } from "./running-loop.ts";
import type { Runnable, ScheduleOptions, Scheduler } from "./scheduler.ts";
import { SliceClock } from "./slice-clock.ts";
import { SlowCallbackWatch } from "./slow-callback-watch.ts";
import { TimerHandle } from "./timer-handle.ts";
import { TimerHeap } from "./timer-heap.ts";

/** Deadlines closer than this are the same: 0.1 + 0.2 is due with 0.3. CPython has it from its clock. */
const clockResolution: Seconds = 1e-9;

/** Takes the place of the printing of exceptions that nobody can catch. */
export type ExceptionHandler<Loop = Scheduler> = (loop: Loop, context: ExceptionContext) => void;

/** Settings of a loop. */
export interface EventLoopOptions {
  /** Debug mode; by default on when the environment variable `ASYNCIO_DEBUG` is set. */
  readonly debug?: boolean | undefined;
}

/** What a loop is busy with, in numbers. */
export interface LoopStatistics {
  /** Turns since the loop was made. */
  readonly turns: number;
  /** Handles and steps that wait for their turn. */
  readonly ready: number;
  /** Timers that are held, cancelled ones included. */
  readonly timers: number;
  readonly cancelledTimers: number;
}

/**
 *  phase     means                                                    left by
 *  stopped   not running                                              runForever()
 *  active    its own code is on the stack                             the end of the slice, a drain, nothing to do
 *  waiting   the host will call it back soon                          the host
 *  asleep    nothing is ready; the host calls at the next deadline    the host, schedule(), callAt(), stop()
 */
type Phase = "stopped" | "active" | "waiting" | "asleep";

type Callback<Args extends unknown[]> = (...args: Args) => unknown;

/**
 * Runs callbacks in order and timers in time.
 *
 * A *turn* moves the timers that are due to the ready queue and then runs exactly what was ready when it began: what a
 * callback schedules waits for the next turn, so no callback can starve the timers or the host. Turns run back to back
 * inside one macrotask, the *slice*, until its time is up; then the host has its I/O. A handle that has resumed native
 * code is followed by a *drain*: the next handle runs once the microtask queue is empty, so that each step of a native
 * `async` function ends before the next step of another begins, as in CPython.
 *
 * @see {@link https://github.com/python/cpython/blob/main/Lib/asyncio/base_events.py}
 */
export class BaseEventLoop implements Scheduler {
  /** A callback or step that takes this long, in seconds, is reported in debug mode. */
  slowCallbackDuration: Seconds = 0.1;

  readonly #host: Host;
  readonly #clock: SliceClock;
  readonly #ready = new ReadyQueue();
  readonly #timers = new TimerHeap(() => this.#timerCancelled());
  readonly #watch: SlowCallbackWatch;
  readonly #closeListeners: (() => void)[] = [];
  #phase: Phase = "stopped";
  #closed = false;
  #debug: boolean;
  #exceptionHandler: ExceptionHandler<never> | null = null;
  /** How many of the ready handles belong to the current turn. */
  #batch = 0;
  #turns = 0;
  #stopping = false;
  /** This run has taken a turn: `stop()` before a run lets it take one. */
  #turnTaken = false;
  #drainWanted = false;
  /** Nothing has run since the microtask queue was last seen empty. */
  #quiet = false;
  #alarm: Cancellable | null = null;
  #run: { resolve(): void; reject(error: unknown): void } | null = null;

  constructor(host: Host, options: EventLoopOptions = {}) {
    this.#host = host;
    this.#clock = new SliceClock(host);
    this.#debug = options.debug ?? debugByDefault();
    this.#watch = new SlowCallbackWatch(host);
  }

  // -- scheduling

  /** The loop's clock, in seconds since some fixed point. */
  time(): Seconds {
    return this.#clock.read();
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
    this.#timers.push(timer);
    if (this.#phase === "asleep") this.#wake();
    return timer;
  }

  schedule(runnable: Runnable): void {
    if (this.#closed) throw new RuntimeError("Event loop is closed");
    this.#ready.push(runnable);
    if (this.#phase === "asleep") this.#wake();
  }

  drainMicrotasks(): void {
    this.#drainWanted = true;
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
    this.#phase = "waiting";
    this.#host.afterMicrotasks(this.#beginSlice);
    return new Promise((resolve, reject) => {
      this.#run = { resolve, reject };
    });
  }

  /**
   * Stop at the end of the current turn; what that turn schedules stays queued for the next run.
   *
   * Before a run it lets that run take one turn.
   */
  stop(): void {
    this.#stopping = true;
    if (this.#phase === "asleep") this.#wake();
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
    this.#timers.clear();
    const left = this.#ready.clear();
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
    return this.#phase !== "stopped";
  }

  /** Whether `close()` was called. */
  isClosed(): boolean {
    return this.#closed;
  }

  /** Whether debug mode is on. */
  getDebug(): boolean {
    return this.#debug;
  }

  /** Turn debug mode on or off. */
  setDebug(enabled: boolean): void {
    this.#debug = Boolean(enabled);
  }

  /** How many turns the loop has taken and what it holds. */
  statistics(): LoopStatistics {
    return {
      turns: this.#turns,
      ready: this.#ready.length,
      timers: this.#timers.size,
      cancelledTimers: this.#timers.cancelled,
    };
  }

  // -- exceptions that nobody can catch

  /** The handler set by `setExceptionHandler`, or `null`. */
  getExceptionHandler(): ExceptionHandler<this> | null {
    return this.#exceptionHandler as ExceptionHandler<this> | null;
  }

  /** Call `handler` with what nobody can catch, instead of printing it; `null` prints again. */
  setExceptionHandler(handler: ExceptionHandler<this> | null): void {
    if (handler !== null) checkCallable("setExceptionHandler", handler);
    this.#exceptionHandler = handler as ExceptionHandler<never> | null;
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
    if (this.#exceptionHandler === null) return this.#reportByDefault(context);
    try {
      const handler = this.#exceptionHandler as ExceptionHandler<this>;
      const owner = currentFrame()?.owner ?? null;
      const failed = contextOfFailed(context);
      if (failed === null) handler(this, context);
      else runInFrame({ context: failed, owner }, () => handler(this, context));
    } catch (exception) {
      this.#reportByDefault({ message: "Unhandled error in exception handler", exception, context });
    }
  }

  #reportByDefault(context: ExceptionContext): void {
    try {
      this.defaultExceptionHandler(context);
    } catch (error) {
      console.error("Exception in default exception handler while handling", context.message, error);
    }
  }

  /** What a run fails with when nothing can ever wake the loop. */
  protected deadlockError(): Error {
    return new RuntimeError("Nothing can wake the event loop: no handle is ready and no timer is armed");
  }

  // -- turns

  readonly #beginSlice = (): void => {
    this.#clock.beginSlice();
    this.#proceed();
  };

  readonly #proceed = (): void => {
    this.#phase = "active";
    this.#alarm = null;
    try {
      this.#turnUntilPause();
    } catch (error) {
      this.#finish({ error }); // a runnable broke its promise not to throw: the run must not hang
    }
  };

  #turnUntilPause(): void {
    this.#watch.drained(this);
    for (;;) {
      if (!this.#runBatch()) return;
      if (this.#stopping && this.#turnTaken) return this.#finish(null);
      if (this.#clock.sliceIsOver()) return this.#waitFor(this.#host.afterIo, this.#beginSlice);
      if (!this.#beginTurn()) return this.#rest();
    }
  }

  /** Move what is due to the ready queue and fix the batch; false if there is nothing to run. */
  #beginTurn(): boolean {
    if (this.#timers.size > 0) this.#moveDueTimers();
    this.#batch = this.#ready.length;
    if (this.#batch === 0 && !this.#stopping) return false;
    this.#turns++;
    this.#turnTaken = true;
    return true;
  }

  #moveDueTimers(): void {
    const now = this.#ready.length === 0 ? this.#clock.read() : this.#clock.now;
    const end = now + clockResolution;
    for (let due = this.#timers.takeDue(end); due !== null; due = this.#timers.takeDue(end)) this.#ready.push(due);
  }

  /** Run the rest of the batch; false if it paused for a drain. */
  #runBatch(): boolean {
    while (this.#batch > 0) {
      this.#batch--;
      this.#clock.handleRuns();
      this.#quiet = false;
      const runnable = this.#ready.shift();
      if (this.#debug) this.#watch.begin(runnable);
      runnable.run();
      if (this.#drainWanted && !this.#drain()) return false;
      if (this.#debug) this.#watch.end(this);
    }
    return true;
  }

  /** Let native code come to rest before the next handle; false if the loop has to wait for that. */
  #drain(): boolean {
    this.#drainWanted = false;
    if (this.#host.drainMicrotasks?.()) return true;
    this.#waitFor(this.#host.afterMicrotasks, this.#proceed);
    return false;
  }

  /** Nothing is ready: sleep until the next deadline, but not before the microtasks had their say. */
  #rest(): void {
    if (!this.#quiet) {
      this.#quiet = true;
      this.#ready.shrink();
      return this.#waitFor(this.#host.afterMicrotasks, this.#proceed);
    }
    this.#phase = "asleep";
    this.#setAlarm();
  }

  #setAlarm(): void {
    const deadline = this.#timers.nextDeadline();
    const stuck = this.#host.whenStuck(this.#stuck);
    if (deadline === null) {
      this.#alarm = stuck;
      return;
    }
    const timer = this.#host.wakeAt(deadline, () => {
      stuck.cancel();
      this.#beginSlice();
    });
    this.#alarm = {
      cancel() {
        stuck.cancel();
        timer.cancel();
      },
    };
  }

  #wake(): void {
    this.#alarm?.cancel();
    this.#alarm = null;
    this.#waitFor(this.#host.afterIo, this.#beginSlice);
  }

  #waitFor(when: (callback: () => void) => void, callback: () => void): void {
    this.#phase = "waiting";
    when.call(this.#host, callback);
  }

  /** A loop that sleeps towards a cancelled timer would wake, and hold the process, for nothing. */
  #timerCancelled(): void {
    if (this.#phase !== "asleep") return;
    this.#alarm?.cancel();
    this.#setAlarm();
  }

  readonly #stuck = (): void => {
    this.#alarm?.cancel();
    this.#alarm = null;
    this.#finish({ error: this.deadlockError() });
  };

  #finish(failure: { readonly error: unknown } | null): void {
    this.#phase = "stopped";
    this.#stopping = false;
    this.#turnTaken = false;
    this.#batch = 0;
    leaveRunning(this);
    const run = this.#run;
    this.#run = null;
    if (failure === null) run?.resolve();
    else run?.reject(failure.error);
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

function contextOfFailed(context: ExceptionContext): Context | null {
  const thing = (context.task ?? context.future ?? context.handle) as { getContext?(): Context } | undefined;
  return thing?.getContext?.() ?? null;
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
