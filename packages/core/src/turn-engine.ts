import type { Cancellable, Host, Seconds } from "./host.ts";
import { ReadyQueue, type RunnableQueue } from "./ready-queue.ts";
import type { Runnable, Timer } from "./scheduler.ts";
import { SliceClock } from "./slice-clock.ts";
import { SlowCallbackWatch } from "./slow-callback-watch.ts";
import { TimerHeap } from "./timer-heap.ts";

/** Deadlines closer than this are the same: 0.1 + 0.2 is due with 0.3. CPython has it from its clock. */
const clockResolution: Seconds = 1e-9;

/** What a loop is busy with, in numbers. */
export interface LoopStatistics {
  /** Turns since the loop was made. */
  readonly turns: number;
  /** Handles and steps that wait for their turn. */
  readonly ready: number;
  /** Timers that are held, cancelled ones included. */
  readonly timers: number;
  /** Timers that were cancelled and are still held: they are dropped when they come up, or when they are many. */
  readonly cancelledTimers: number;
}

/** How a run ended: by `stop()`; because nothing can ever wake it; or with an error that is no callback's. */
export type RunEnd = "stopped" | "stuck" | { readonly error: unknown };

/**
 *  phase     means                                                    left by
 *  stopped   not running                                              start()
 *  active    its own code is on the stack                             the end of the slice, a drain, nothing to do
 *  waiting   the host will call it back soon                          the host
 *  asleep    nothing is ready; the host calls at the next deadline    the host, schedule(), scheduleAt(), stop()
 */
type Phase = "stopped" | "active" | "waiting" | "asleep";

/**
 * Takes the turns of a loop.
 *
 * A *turn* moves the timers that are due to the ready queue and then runs exactly what was ready when it began: what a
 * callback schedules waits for the next turn, so no callback can starve the timers or the host. Turns run back to back
 * inside one macrotask, the *slice*, until its time is up; then the host has its I/O. A handle that has resumed native
 * code is followed by a *drain*: the next handle runs once the microtask queue is empty, so that each step of a native
 * `async` function ends before the next step of another begins, as in CPython.
 *
 * @see {@link https://github.com/python/cpython/blob/main/Lib/asyncio/base_events.py}
 */
export class TurnEngine {
  /** Whether what runs is timed. */
  debug = false;
  readonly watch: SlowCallbackWatch;

  readonly #host: Host;
  readonly #clock: SliceClock;
  readonly #ready: RunnableQueue;
  readonly #timers = new TimerHeap(() => this.#timerDropped());
  #phase: Phase = "stopped";
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
  /** When the alarm goes off. */
  #deadline: Seconds | null = null;
  #ended: (end: RunEnd) => void = () => {};

  constructor(host: Host, ready: RunnableQueue = new ReadyQueue()) {
    this.#host = host;
    this.#ready = ready;
    this.#clock = new SliceClock(host);
    this.watch = new SlowCallbackWatch(host);
  }

  time(): Seconds {
    return this.#clock.read();
  }

  isRunning(): boolean {
    return this.#phase !== "stopped";
  }

  statistics(): LoopStatistics {
    return {
      turns: this.#turns,
      ready: this.#ready.length,
      timers: this.#timers.size,
      cancelledTimers: this.#timers.cancelled,
    };
  }

  schedule(runnable: Runnable): void {
    this.#ready.push(runnable);
    if (this.#phase === "asleep") this.#wake();
  }

  scheduleAt(timer: Timer): void {
    this.#timers.push(timer);
    if (this.#phase === "asleep") this.#wake();
  }

  /** The handle that is running has resumed native code: drain the microtasks before the next one. */
  drainMicrotasks(): void {
    this.#drainWanted = true;
  }

  /** Take turns until `stop()`; `ended` is told how that came to its end. */
  start(ended: (end: RunEnd) => void): void {
    this.#ended = ended;
    this.#waitFor(this.#host.afterMicrotasks, this.#beginSlice);
  }

  /** Stop at the end of the current turn; before `start()`, after one turn. */
  stop(): void {
    this.#stopping = true;
    if (this.#phase === "asleep") this.#wake();
  }

  /** Drop all timers and everything that is ready, and answer the latter. */
  clear(): Runnable[] {
    this.#timers.clear();
    return this.#ready.clear();
  }

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
      this.watch.end();
      this.#finish({ error }); // a runnable broke its promise not to throw: the run must not hang
    }
  };

  #turnUntilPause(): void {
    this.watch.end();
    for (;;) {
      if (!this.#runBatch()) return;
      if (this.#stopping && this.#turnTaken) return this.#finish("stopped");
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
    // Read anew in each turn: after a callback that took long, what is due fires in the next turn, as in CPython.
    const end = this.#clock.read() + clockResolution;
    for (let due = this.#timers.takeDue(end); due !== null; due = this.#timers.takeDue(end)) this.#ready.push(due);
  }

  /** Run the rest of the batch; false if it paused for a drain. */
  #runBatch(): boolean {
    while (this.#batch > 0) {
      this.#batch--;
      this.#clock.handleRuns();
      this.#quiet = false;
      const runnable = this.#ready.shift();
      if (this.debug) this.watch.begin(runnable);
      runnable.run();
      if (this.#drainWanted && !this.#drain()) return false;
      if (this.debug) this.watch.end();
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
    this.#deadline = deadline;
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
  #timerDropped(): void {
    if (this.#phase !== "asleep" || this.#timers.nextDeadline() === this.#deadline) return;
    this.#alarm?.cancel();
    this.#setAlarm();
  }

  readonly #stuck = (): void => {
    this.#alarm?.cancel();
    this.#alarm = null;
    this.#finish("stuck");
  };

  #finish(end: RunEnd): void {
    this.#phase = "stopped";
    this.#stopping = false;
    this.#turnTaken = false;
    this.#batch = 0;
    this.#ended(end);
  }
}
