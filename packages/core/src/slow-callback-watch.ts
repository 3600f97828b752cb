import type { Host, Seconds } from "./host.ts";
import type { Runnable } from "./scheduler.ts";
import { warn } from "./warn.ts";

/**
 * Times what runs, in debug mode, and warns of what holds up the loop.
 *
 * The time of a step includes the drain after it: native code that a step has resumed runs there.
 */
export class SlowCallbackWatch {
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

  /** The drain after a step is over. */
  drained(limits: { readonly slowCallbackDuration: Seconds }): void {
    if (this.#running !== null) this.end(limits);
  }

  end(limits: { readonly slowCallbackDuration: Seconds }): void {
    const took = this.#host.now() - this.#since;
    const runnable = this.#running;
    this.#running = null;
    if (took < limits.slowCallbackDuration || runnable === null) return;
    warn(`Executing ${String(runnable)} took ${took.toFixed(3)} seconds`, "SlowCallbackWarning");
  }
}
