import type { Context } from "@asyncio-ts/contextvars";
import { Handle } from "./handle.ts";
import type { Seconds } from "./host.ts";
import type { Scheduler, Timer, TimerHolder } from "./scheduler.ts";

/**
 * A callback that waits for a point in time; once that has come, for its turn.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.TimerHandle}
 *
 * @example
 * const timer = loop.callAt(60, function fetchPage() {});
 * timer.when() // => 60
 * String(timer) // => "<TimerHandle fetchPage() when=60>"
 */
export class TimerHandle extends Handle implements Timer {
  readonly #when: Seconds;
  heldBy: TimerHolder | null = null;

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

  isDropped(): boolean {
    return this.cancelled();
  }

  override cancel(): void {
    if (this.cancelled()) return;
    super.cancel();
    this.heldBy?.timerDropped();
  }

  /** @internal */
  override describe(): string {
    return `${super.describe()} when=${this.#when}`;
  }
}
