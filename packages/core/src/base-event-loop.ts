import { Context, copyContext, RuntimeError, show } from "@asyncio-ts/contextvars";
import { debugByDefault } from "./debug.ts";
import {
  type ExceptionContext,
  type ExceptionHandler,
  ExceptionReporter,
  printException,
} from "./exception-handler.ts";
import { Handle } from "./handle.ts";
import type { Host, Seconds } from "./host.ts";
import type { RunnableQueue } from "./ready-queue.ts";
import { enterRunning, leaveRunning, loopOfFlow } from "./running-loop.ts";
import type { Callback, Runnable, ScheduleOptions, Scheduler, Timer } from "./scheduler.ts";
import { showAsString } from "./show-as-string.ts";
import { TimerHandle } from "./timer-handle.ts";
import { type LoopStatistics, TurnEngine } from "./turn-engine.ts";

/** Settings of a loop. */
export interface EventLoopOptions {
  /**
   * Debug mode; by default on when the environment variable `ASYNCIO_DEBUG` is set.
   *
   * @see {@link https://docs.python.org/3/library/asyncio-dev.html#debug-mode}
   */
  readonly debug?: boolean | undefined;
  /** Holds what is ready, and so decides the order in which it runs; by default first in, first out. For testing tools. */
  readonly readyQueue?: RunnableQueue | undefined;
}

/**
 * Runs callbacks in order and timers in time.
 *
 * It knows of callbacks alone: futures, tasks and all else are made of them by the layers above. How it takes its turns is
 * told in `turn-engine.ts`.
 *
 * @see {@link https://github.com/python/cpython/blob/main/Lib/asyncio/base_events.py}
 *
 * @example
 * const loop = new BaseEventLoop(new VirtualHost());
 * loop.callSoon(() => console.log("in the next turn")); // => in the next turn
 * loop.callLater(3600, () => loop.stop());
 * await loop.runForever();
 * loop.time() // => 3600
 */
export class BaseEventLoop implements Scheduler {
  static {
    showAsString(this);
  }

  readonly #engine: TurnEngine;
  readonly #exceptions = new ExceptionReporter(this);
  readonly #closeListeners: (() => void)[] = [];
  #closed = false;

  /** @param host - What the loop runs on; several loops may share one. */
  constructor(host: Host, options: EventLoopOptions = {}) {
    if (typeof (host as Partial<Host> | null)?.afterMicrotasks !== "function") {
      throw new TypeError(`An event loop needs a host, not ${show(host)}`);
    }
    if (options.readyQueue !== undefined && typeof options.readyQueue?.shift !== "function") {
      throw new TypeError(`The option readyQueue is a queue of runnables, not ${show(options.readyQueue)}`);
    }
    this.#engine = new TurnEngine(host, options.readyQueue);
    this.#engine.debug = options.debug ?? debugByDefault();
  }

  // -- scheduling

  /**
   * The loop's clock, in seconds since some fixed point; never runs backwards.
   *
   * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.time}
   */
  time(): Seconds {
    return this.#engine.time();
  }

  /**
   * Call `callback` with `args` in the next turn, after everything that is ready now, in a copy of the current context.
   *
   * It is called once, and may be called off until then. What it throws goes to the exception handler.
   *
   * @throws {TypeError} `callback` is not a function.
   * @throws {RuntimeError} The loop is closed.
   *
   * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.call_soon}
   *
   * @example
   * const order: string[] = [];
   * loop.callSoon(() => order.push("first"));
   * loop.callSoon((name: string) => order.push(name), "second");
   * loop.callSoon(() => loop.stop());
   * await loop.runForever();
   * order // => ["first", "second"]
   */
  callSoon<Args extends unknown[]>(callback: Callback<Args>, ...args: Args): Handle {
    return this.callSoonWith({}, callback, ...args);
  }

  /**
   * `callSoon` with options: `context` is the context to run in, not copied.
   *
   * @throws {TypeError} `callback` is not a function, or `context` not a `Context`.
   * @throws {RuntimeError} The loop is closed.
   *
   * @example
   * const context = new Context();
   * const user = new ContextVar("user", { default: "nobody" });
   * loop.callSoonWith({ context }, () => user.set("ann"));
   * loop.callSoon(() => loop.stop());
   * await loop.runForever();
   * context.get(user) // => "ann"
   */
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
   * @throws {TypeError} `delay` is not a number, or `callback` not a function.
   * @throws {RangeError} `delay` is NaN.
   * @throws {RuntimeError} The loop is closed.
   *
   * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.call_later}
   *
   * @example
   * const timer = loop.callLater(60, () => console.log("a minute has passed"));
   * timer.when() - loop.time() // => 60
   * timer.cancel();
   */
  callLater<Args extends unknown[]>(delay: Seconds, callback: Callback<Args>, ...args: Args): TimerHandle {
    return this.callLaterWith({}, delay, callback, ...args);
  }

  /**
   * `callLater` with options: `context` is the context to run in, not copied.
   *
   * @throws {TypeError} `delay` is not a number, `callback` not a function, or `context` not a `Context`.
   * @throws {RangeError} `delay` is NaN.
   * @throws {RuntimeError} The loop is closed.
   */
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
   * Call `callback` with `args` when the loop's clock shows `when`; in the next turn if it does already.
   *
   * @param when - In seconds, on the clock that `time()` reads.
   * @throws {TypeError} `when` is not a number, or `callback` not a function.
   * @throws {RangeError} `when` is NaN.
   * @throws {RuntimeError} The loop is closed.
   *
   * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.call_at}
   *
   * @example
   * loop.callAt(loop.time() + 60, () => {}).when() - loop.time() // => 60
   */
  callAt<Args extends unknown[]>(when: Seconds, callback: Callback<Args>, ...args: Args): TimerHandle {
    return this.callAtWith({}, when, callback, ...args);
  }

  /**
   * `callAt` with options: `context` is the context to run in, not copied.
   *
   * @throws {TypeError} `when` is not a number, `callback` not a function, or `context` not a `Context`.
   * @throws {RangeError} `when` is NaN.
   * @throws {RuntimeError} The loop is closed.
   */
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
   * Nothing runs before this returns. Other loops may run beside this one, if they were started from outside of it.
   *
   * @returns A promise that resolves when the loop has stopped, and is rejected when nothing can ever wake it.
   * @throws {RuntimeError} At once: the loop is closed or running already, or the caller is inside another running loop.
   *
   * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.run_forever}
   *
   * @example
   * loop.callSoon(() => loop.stop());
   * await loop.runForever();
   * loop.isRunning() // => false
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
   * Before a run it lets that run take one turn. Twice is the same as once.
   *
   * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.stop}
   *
   * @example
   * loop.callLater(60, () => {});
   * loop.stop();
   * await loop.runForever(); // one turn, without waiting for the timer
   * loop.statistics().turns // => 1
   */
  stop(): void {
    this.#engine.stop();
  }

  /**
   * Drop what is queued and refuse further work. Closing twice does nothing.
   *
   * The listeners of `onClose` are called. The clock, the settings and the reports go on working.
   *
   * @throws {RuntimeError} The loop is running.
   *
   * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.close}
   *
   * @example
   * loop.close();
   * loop.isClosed() // => true
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

  /**
   * Whether debug mode is on.
   *
   * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.get_debug}
   */
  getDebug(): boolean {
    return this.#engine.debug;
  }

  /** Turn debug mode on or off; counts from the next handle on. */
  setDebug(enabled: boolean): void {
    this.#engine.debug = Boolean(enabled);
  }

  /**
   * How many turns the loop has taken and what it holds; a snapshot.
   *
   * @example
   * loop.callSoon(() => {});
   * loop.statistics() // => { turns: 0, ready: 1, timers: 0, cancelledTimers: 0 }
   */
  statistics(): LoopStatistics {
    return this.#engine.statistics();
  }

  /**
   * A callback or step that takes this long, in seconds, is reported in debug mode; 0.1 at first.
   *
   * Setting it throws a TypeError for what is not a number, and a RangeError for NaN.
   *
   * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.slow_callback_duration}
   */
  get slowCallbackDuration(): Seconds {
    return this.#engine.watch.limit;
  }

  set slowCallbackDuration(seconds: Seconds) {
    checkSeconds("slowCallbackDuration", "a duration", seconds);
    this.#engine.watch.limit = seconds;
  }

  // -- exceptions that nobody can catch

  /** The handler set by `setExceptionHandler`, or `null`. */
  getExceptionHandler(): ExceptionHandler<BaseEventLoop> | null {
    return this.#exceptions.handler as ExceptionHandler<BaseEventLoop> | null;
  }

  /**
   * Call `handler` with what nobody can catch, instead of printing it; `null` prints again.
   *
   * @throws {TypeError} `handler` is neither a function nor `null`.
   *
   * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.set_exception_handler}
   *
   * @example
   * const messages: string[] = [];
   * loop.setExceptionHandler((_, { message }) => messages.push(message));
   * loop.callSoon(function fail() {
   *   loop.stop();
   *   throw new Error("nobody can catch this");
   * });
   * await loop.runForever();
   * messages // => ["Exception in callback fail()"]
   */
  setExceptionHandler(handler: ExceptionHandler<this> | null): void {
    if (handler !== null) checkCallable("setExceptionHandler", handler);
    this.#exceptions.handler = handler as ExceptionHandler<never> | null;
  }

  /**
   * Print what is known about an exception that nobody could catch; a handler may call it for what it does not handle.
   *
   * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.default_exception_handler}
   */
  defaultExceptionHandler(context: ExceptionContext): void {
    printException(context);
  }

  /**
   * Report an exception to the exception handler, in the context of what failed.
   *
   * Never throws: an error in the handler is reported by the default handler.
   *
   * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.call_exception_handler}
   */
  callExceptionHandler(context: ExceptionContext): void {
    this.#exceptions.report(context);
  }

  /** What a run fails with when nothing can ever wake the loop; a composed loop knows more to tell. */
  protected deadlockError(): Error {
    return new RuntimeError("Nothing can wake the event loop: no handle is ready and no timer is armed");
  }

  toString(): string {
    return `<${this.constructor.name} running=${this.isRunning()} closed=${this.isClosed()} debug=${this.getDebug()}>`;
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
  if (typeof callback !== "function") throw new TypeError(`${method}() needs a function, not ${show(callback)}`);
}

function contextFor(method: string, { context }: ScheduleOptions): Context {
  if (context === undefined) return copyContext();
  if (context instanceof Context) return context;
  throw new TypeError(`${method}() needs a Context as context, not ${show(context)}`);
}

function checkSeconds(method: string, name: string, seconds: unknown): void {
  if (typeof seconds !== "number") throw new TypeError(`${method}() needs ${name} in seconds, not ${show(seconds)}`);
  if (Number.isNaN(seconds)) throw new RangeError(`${method}() cannot use NaN as ${name}`);
}
