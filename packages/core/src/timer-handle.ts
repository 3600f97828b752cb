import type { Context } from "@asyncio-ts/contextvars";
import { Handle } from "./handle.ts";
import type { Seconds } from "./host.ts";
import type { Scheduler } from "./scheduler.ts";

/** What a timer tells when it is cancelled. */
export interface TimerOwner {
  timerCancelled(): void;
}

/**
 * A callback that waits for a point in time.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.TimerHandle}
 */
export class TimerHandle extends Handle {
  readonly #when: Seconds;
  /** @internal The heap that holds the timer, until it is due. */
  heldBy: TimerOwner | null = null;
  /** @internal Breaks ties: equal deadlines fire in the order in which they were asked for. */
  order = 0;

  /** @internal */
  constructor(
    loop: Scheduler,
    when: Seconds,
    callback: (...args: never[]) => unknown,
    args: readonly unknown[],
    context: Context,
  ) {
    super(loop, callback, args, context);
    this.#when = when;
  }

  /** When the callback is due, on the loop's clock. */
  when(): Seconds {
    return this.#when;
  }

  override cancel(): void {
    if (this.cancelled()) return;
    super.cancel();
    this.heldBy?.timerCancelled();
  }

  /** @internal */
  override describe(): string {
    return `${super.describe()} when=${this.#when}`;
  }
}
