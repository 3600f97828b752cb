import { perLoop, type Scheduler, warn } from "@asyncio-ts/core";
import { type Complaint, DropWatch } from "./drop-watch.ts";

/** Watches coroutines that have not begun. */
export const unawaitedCoroutines: DropWatch = new DropWatch();

const complaintsOf = perLoop(() => new Set<NeverAwaited>());

/**
 * A coroutine that was made and not begun, usually because an `await` was forgotten.
 *
 * It is reported when it is dropped; one that was made inside a loop, at the latest when that loop is closed.
 */
export class NeverAwaited implements Complaint {
  readonly #name: string;
  readonly #createdAt: string | undefined;
  readonly #loop: Scheduler | null;
  #settled = false;

  constructor(name: string, createdAt: string | undefined, loop: Scheduler | null) {
    this.#name = name;
    this.#createdAt = createdAt;
    this.#loop = loop;
    if (loop !== null) complaintsOf(loop).add(this);
  }

  /** The coroutine has begun after all, or was closed. */
  forgive(): void {
    this.#settled = true;
    if (this.#loop !== null) complaintsOf(this.#loop).delete(this);
  }

  report(): void {
    if (this.#settled) return;
    this.forgive();
    const origin = this.#createdAt === undefined ? "" : `\ncoroutine created at:\n${this.#createdAt}`;
    warn(`coroutine '${this.#name}' was never awaited${origin}`, "RuntimeWarning");
  }
}

/** Report the coroutines that were made inside `loop`, which is being closed, and never begun. */
export function reportUnawaited(loop: Scheduler): void {
  unawaitedCoroutines.sweep();
  for (const complaint of complaintsOf(loop)) complaint.report();
}
