import type { Host, Seconds } from "./host.ts";
import type { Runnable } from "./scheduler.ts";
import { warn } from "./warn.ts";

/**
 * Times what runs, in debug mode, and warns of what holds up the loop.
 *
 * The time of a step includes the drain after it: native code that a step has resumed runs there.
 */
export class SlowCallbackWatch {
  /** What takes this long is reported. */
  limit: Seconds = 0.1;
  readonly #host: Host;
  #running: Runnable | null = null;
  #since: Seconds = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  begin(runnable: Runnable): void {
    this.#running = runnable;
    this.#since = this.#host.now();
  }

  /** What ran, and the drain after it, is over; nothing happens if nothing is being timed. */
  end(): void {
    const runnable = this.#running;
    if (runnable === null) return;
    this.#running = null;
    const took = this.#host.now() - this.#since;
    if (took >= this.limit)
      warn(`Executing ${String(runnable)} took ${took.toFixed(3)} seconds`, "SlowCallbackWarning");
  }
}
