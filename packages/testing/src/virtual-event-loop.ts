import type { Context } from "@asyncio-ts/contextvars";
import type { Callback, RunnableQueue, ScheduleOptions, Seconds, Timer, TimerHandle } from "@asyncio-ts/core";
import { EventLoop } from "@asyncio-ts/platform";
import { allTasks, currentTask, type Task } from "@asyncio-ts/tasks";
import { TestTimeoutError } from "./errors.ts";
import { TestHost } from "./test-host.ts";

/** How the loop of a test is made. */
export interface VirtualEventLoopOptions {
  /** Debug mode, which notes where things are made; by default on. */
  readonly debug?: boolean | undefined;
  /** How much virtual time may pass until the loop is stopped; by default a day. */
  readonly timeout?: Seconds | undefined;
  /** How many turns the loop may take while its clock stands still; by default a million. More goes round for ever. */
  readonly turns?: number | undefined;
  /** Real seconds to wait for what comes from outside of the loop before time jumps; by default 0. */
  readonly patience?: Seconds | undefined;
  /** Decides the order of what is ready. */
  readonly readyQueue?: RunnableQueue | undefined;
}

const aDay: Seconds = 24 * 3600;

const aMillion = 1_000_000;

/**
 * The loop of a test: an `EventLoop` in virtual time.
 *
 * Its clock stands still while anything can run, and then jumps to the next deadline.
 *
 * @example
 * await runTest(async (loop) => {
 *   const task = loop.createTask(() => sleep(3600, "rested"));
 *   await task;
 *   console.log(loop.time()); // => 3600
 * });
 */
export class VirtualEventLoop extends EventLoop {
  /** The clock: `loop.host.advance(5)` lets time pass while a callback runs, as one that blocks its thread does. */
  readonly host: TestHost;
  /** How much virtual time may pass. */
  readonly timeout: Seconds;
  readonly #turns: number;
  /** Since when the clock stands still, as far as is known, and how many turns the loop had taken by then. */
  #standstill = { since: 0, turns: 0 };
  #overrun: TestTimeoutError | null = null;
  readonly #isPatient: boolean;
  /** The timers that may be armed, each with the task that it belongs to. */
  #timers = new Map<Timer, Task<unknown> | null>();
  #timersAtMost = 64;

  constructor(options: VirtualEventLoopOptions = {}) {
    const { debug = true, timeout = aDay, turns = aMillion, patience = 0, readyQueue } = options;
    const host = new TestHost({
      limit: timeout,
      patience,
      onLimit: () => this.#stopFor(this.#timeTaken()),
      onLooks: () => this.#checkTurns(),
    });
    super(host, { debug, readyQueue });
    this.host = host;
    this.timeout = timeout;
    this.#turns = turns;
    this.#isPatient = patience > 0;
  }

  /** Why the loop has stopped by itself; `null` if it has not. */
  get overrun(): TestTimeoutError | null {
    return this.#overrun;
  }

  /**
   * The timers that are armed and do not belong to a task that is pending.
   *
   * A timer without a handle belongs to the task that has made it, as the deadline of a `timeout()` does: it ends with it.
   */
  looseTimers(): Timer[] {
    const entries = [...this.#timers].filter(([timer, owner]) => isArmed(timer) && (owner === null || owner.done()));
    return entries.map(([timer]) => timer);
  }

  override scheduleAt(timer: Timer): void {
    super.scheduleAt(timer);
    this.#note(timer, currentTask(this));
  }

  override callAtWith<Args extends unknown[]>(
    options: ScheduleOptions & { readonly context?: Context | undefined },
    when: Seconds,
    callback: Callback<Args>,
    ...args: Args
  ): TimerHandle {
    const timer = super.callAtWith(options, when, callback, ...args);
    this.#note(timer, null);
    return timer;
  }

  /** @throws {TestTimeoutError} More time has passed than may. */
  checkTime(): void {
    if (this.host.isBeyondLimit(this.time())) throw new TestTimeoutError(this.#timeTaken(), []);
  }

  protected override deadlockError(): Error {
    const error = super.deadlockError();
    const waitsOutside = [...allTasks(this)].some((task) => task.waitingOn().length === 0);
    if (waitsOutside && !this.#isPatient) {
      error.message += "\nVirtual time waits for nothing from outside of the loop, unless the option patience says so";
    }
    return error;
  }

  #note(timer: Timer, owner: Task<unknown> | null): void {
    this.#timers.set(timer, owner);
    if (this.#timers.size < this.#timersAtMost) return;
    this.#timers = new Map([...this.#timers].filter(([each]) => isArmed(each)));
    this.#timersAtMost = Math.max(64, this.#timers.size * 2);
  }

  #timeTaken(): string {
    return `longer than ${this.timeout} s of virtual time`;
  }

  /**
   * A loop that goes round for ever holds up the test runner as well, whose own timers may never fire. How often somebody
   * looks at the clock says nothing of that, nor how many steps a turn has: what counts is turns.
   */
  #checkTurns(): void {
    const { turns } = this.statistics();
    const now = this.host.now();
    if (now !== this.#standstill.since) this.#standstill = { since: now, turns };
    if (turns - this.#standstill.turns <= this.#turns) return;
    this.#standstill = { since: now, turns };
    // In a step of its own: this is within the step of some task, or of the loop.
    this.schedule({ run: () => this.#stopFor(`more than ${this.#turns} turns while its clock stood still`) });
  }

  #stopFor(taken: string): void {
    this.#overrun ??= new TestTimeoutError(taken, [...allTasks(this)].map(describePending));
    this.stop();
  }
}

/** A task that is pending, with what it waits on, and in debug mode with where. */
export function describePending(task: Task<unknown>): string {
  return [task.toString(), ...task.waitingAt()].join("\n");
}

function isArmed(timer: Timer): boolean {
  return timer.heldBy !== null && !timer.isDropped();
}
