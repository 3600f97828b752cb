import type { Context } from "@asyncio-ts/contextvars";
import type { ExceptionContext } from "./exception-handler.ts";
import type { Handle } from "./handle.ts";
import type { Seconds } from "./host.ts";
import type { TimerHandle } from "./timer-handle.ts";

/**
 * Something that the ready queue holds: a callback, a task's next step.
 *
 * In debug mode, a slow one is reported by its `toString()`.
 */
export interface Runnable {
  /** Called when its turn has come. It must not throw: the run of the loop would end with that error. */
  run(): void;
  /** Its turn will not come, since the loop is closed: do what can be done without it. */
  runWithoutLoop?(): void;
}

/**
 * A runnable with a deadline: the loop puts it into the ready queue when that has come.
 *
 * What is made for its own deadline, as the future behind a `sleep`, implements this and is spared a handle.
 */
export interface Timer extends Runnable {
  /** When it is due, on the loop's clock; never changes. */
  when(): Seconds;
  /** Whether it has no need to run any more. Once that is so, it stays so, and `heldBy` is told at that moment. */
  isDropped(): boolean;
  /** Whom to tell; set and cleared by the loop. */
  heldBy: TimerHolder | null;
}

/** What holds a timer until it is due. */
export interface TimerHolder {
  /** A timer that is held has no need to run any more; called once for each. */
  timerDropped(): void;
}

/** A function that a loop calls. */
export type Callback<Args extends unknown[]> = (...args: Args) => unknown;

/** How a callback is to be run. */
export interface ScheduleOptions {
  /** The context to run in; by default a copy of the current one. */
  readonly context?: Context | undefined;
}

/**
 * The part of a loop that futures and tasks are written against.
 *
 * Someone else's loop implements this and then works with every function of the layers above.
 */
export interface Scheduler {
  /** The loop's clock, in seconds. */
  time(): Seconds;
  /** Call `callback` in the next turn. */
  callSoon<Args extends unknown[]>(callback: Callback<Args>, ...args: Args): Handle;
  /** Call `callback` after `delay` seconds. */
  callLater<Args extends unknown[]>(delay: Seconds, callback: Callback<Args>, ...args: Args): TimerHandle;
  /** Call `callback` when the loop's clock shows `when`. */
  callAt<Args extends unknown[]>(when: Seconds, callback: Callback<Args>, ...args: Args): TimerHandle;
  /**
   * Put `runnable` at the end of the ready queue: `callSoon` without a handle, for what carries its own context.
   *
   * @throws {RuntimeError} The loop is closed.
   */
  schedule(runnable: Runnable): void;
  /**
   * Put `timer` into the ready queue when it is due: `callAt` without a handle.
   *
   * @throws {TypeError} Its deadline is not a number.
   * @throws {RangeError} Its deadline is NaN.
   * @throws {RuntimeError} It is scheduled already, or the loop is closed.
   */
  scheduleAt(timer: Timer): void;
  /**
   * The handle that is running has resumed native code: the next handle runs only once the microtasks are drained.
   *
   * That is what gives native `async` functions the order of CPython, where a step ends before the next one begins.
   */
  drainMicrotasks(): void;
  /** Report what nobody can catch to the exception handler. */
  callExceptionHandler(context: ExceptionContext): void;
  /**
   * Call `listener` once, when the loop is closed; never, if it is closed already.
   *
   * The loop takes no work any more at that moment. What a listener throws goes to the exception handler.
   */
  onClose(listener: () => void): void;
  /** Whether debug mode is on. */
  getDebug(): boolean;
  /** Whether a run is under way. */
  isRunning(): boolean;
  /** Whether the loop was closed. */
  isClosed(): boolean;
}
