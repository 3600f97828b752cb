import { showAsString } from "@asyncio-ts/core";
import { type Coroutine, checkLimits, mustWait, Operation, type Steps, type WaitLimits } from "@asyncio-ts/tasks";
import { TurnInLine } from "./turn-in-line.ts";
import { WaitLine } from "./wait-line.ts";

/** What is known about an event. */
export interface EventStatistics {
  readonly isSet: boolean;
  /** How many tasks wait for it. */
  readonly waiting: number;
}

/**
 * A flag that can be waited for.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-sync.html#asyncio.Event}
 *
 * @example
 * const ready = new Event();
 * const waiter = createTask(async () => {
 *   await ready.wait();
 *   return "it is ready";
 * });
 * ready.set();
 * await waiter // => "it is ready"
 */
export class Event {
  static {
    showAsString(this);
  }

  /** @internal */
  readonly line: WaitLine = new WaitLine(this);
  #isSet = false;

  /** Whether the flag is set. */
  isSet(): boolean {
    return this.#isSet;
  }

  /** Set the flag; all who wait for it go on in the next turn, even if it is cleared before that. */
  set(): void {
    if (this.#isSet) return;
    this.#isSet = true;
    this.line.wake(this.line.length);
  }

  /** Take the flag down: from now on `wait()` waits. */
  clear(): void {
    this.#isSet = false;
  }

  /**
   * Wait until the flag is set.
   *
   * Takes no turn if it is set.
   *
   * @returns `true`.
   * @throws {TimeoutError} `timeout` seconds have passed.
   * @throws The reason of `signal`, when it is aborted or was aborted before.
   * @throws {RuntimeError} It has to wait, and the event was waited for in another loop before.
   *
   * ## Cancellation
   * Safe. The others go on waiting.
   *
   * @example
   * await new Event().wait({ timeout: 5 }).catch(String) // => "TimeoutError: wait() timed out after 5 s"
   */
  wait(limits?: WaitLimits): Coroutine<true> {
    if (limits !== undefined) checkLimits("wait", limits);
    return new Waiting(this, limits);
  }

  /** How things stand, for monitoring. */
  statistics(): EventStatistics {
    return { isSet: this.#isSet, waiting: this.line.length };
  }

  toString(): string {
    const { isSet, waiting } = this.statistics();
    return `<Event ${isSet ? "set" : "unset"}${waiting > 0 ? ` waiting=${waiting}` : ""}>`;
  }

  /** @internal */
  served(): true {
    return true;
  }

  /** @internal */
  left(): void {}
}

class Waiting extends Operation<true> {
  readonly #event: Event;
  readonly #limits: WaitLimits | undefined;

  constructor(event: Event, limits: WaitLimits | undefined) {
    super();
    this.#event = event;
    this.#limits = limits;
  }

  override get name(): string {
    return "wait";
  }

  protected override attempt(): true | typeof mustWait {
    this.#limits?.signal?.throwIfAborted();
    return this.#event.isSet() || mustWait;
  }

  protected override otherwise(): Steps<true> {
    return new TurnInLine(this.#event, "wait", this.#limits);
  }
}
