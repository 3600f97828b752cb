import { RuntimeError } from "@asyncio-ts/contextvars";
import { getRunningLoop, type Scheduler, type Seconds, showAsString } from "@asyncio-ts/core";
import type { CancelledError, TimeoutError } from "@asyncio-ts/tasks";
import { CancelScope } from "./cancel-scope.ts";
import { checkSecondsOrNull, Deadline } from "./deadline.ts";
import { timeoutError } from "./timeout-error.ts";

/** How long a part of a task may take. */
export interface TimeLimit {
  /** The name of the function that limits it, for messages. */
  readonly caller: string;
  /** When the time began to count, on the loop's clock. */
  readonly since: Seconds;
  /** The deadline, on the loop's clock; `null` if there is none. */
  readonly when: Seconds | null;
}

/**
 * The scope of a timeout, given to its body.
 *
 *  state      reached by                                  expired()    reschedule()
 *  active     the body begins                             false        moves the deadline
 *  expiring   the deadline: the body is cancelled         true         refused
 *  expired    the body ends after that, in whatever way   true         refused
 *  finished   the body ends before that                   false        refused
 *
 * @see {@link https://docs.python.org/3/library/asyncio-task.html#asyncio.Timeout}
 */
export class Timeout {
  static {
    showAsString(this);
  }

  readonly #limit: TimeLimit;
  readonly #loop: Scheduler;
  readonly #cancelScope: CancelScope;
  #state: "active" | "expiring" | "expired" | "finished" = "active";
  #when: Seconds | null;
  #deadline: Deadline | null = null;

  /** @internal */
  constructor(limit: TimeLimit) {
    this.#limit = limit;
    this.#loop = getRunningLoop();
    this.#cancelScope = new CancelScope(limit.caller);
    this.#when = limit.when;
    this.#arm();
  }

  /** The deadline, on the loop's clock; `null` if there is none. */
  when(): Seconds | null {
    return this.#when;
  }

  /**
   * Move the deadline; one that has passed already fires in the next turn.
   *
   * @param when - In seconds, on the loop's clock; `null` for no deadline.
   * @throws {RuntimeError} The timeout has expired, or the body has ended.
   * @throws {TypeError} `when` is neither a number nor `null`.
   * @throws {RangeError} `when` is NaN.
   *
   * @see {@link https://docs.python.org/3/library/asyncio-task.html#asyncio.Timeout.reschedule}
   *
   * @example
   * await timeout(5, async (scope) => {
   *   await sleep(4);
   *   scope.reschedule(loop.time() + 5); // something has come: five seconds more
   *   await sleep(4);
   *   return loop.time();
   * }) // => 8
   */
  reschedule(when: Seconds | null): void {
    checkSecondsOrNull("reschedule", "a deadline", when);
    if (this.#state !== "active") throw new RuntimeError(`Cannot reschedule a timeout that is ${this.#state}`);
    this.#deadline?.drop();
    this.#when = when;
    this.#arm();
  }

  /** Whether the deadline has come while the body ran. */
  expired(): boolean {
    return this.#state === "expiring" || this.#state === "expired";
  }

  toString(): string {
    const when = this.#when === null ? "null" : Math.round(this.#when * 1000) / 1000;
    return `<Timeout [${this.#state}]${this.#state === "active" ? ` when=${when}` : ""}>`;
  }

  /**
   * @internal The body has ended.
   *
   * @param error - What it has thrown, if it has.
   * @returns The `CancelledError` that `error` is, if it is the deadline and nothing else; else `null`.
   */
  leave(error?: unknown): CancelledError | null {
    this.#deadline?.drop();
    this.#state = this.#state === "expiring" ? "expired" : "finished";
    return this.#cancelScope.leave(error);
  }

  /** @internal Once it was left: whether somebody else has asked for the cancellation of the task. */
  isCancelled(): boolean {
    return this.#cancelScope.isCancelled();
  }

  /** @internal The error that tells that it has expired. */
  timeoutError(cause: CancelledError): TimeoutError {
    const { caller, since } = this.#limit;
    return timeoutError(caller, (this.#when ?? since) - since, cause);
  }

  #arm(): void {
    this.#deadline = this.#when === null ? null : new Deadline(this.#loop, this.#when, () => this.#expire());
  }

  #expire(): void {
    this.#cancelScope.interrupt();
    this.#state = "expiring";
  }
}
