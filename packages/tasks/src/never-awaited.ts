import { perLoop, type Scheduler, warn } from "@asyncio-ts/core";
import { type Complaint, DropWatch, type Watched } from "./drop-watch.ts";

const unawaitedCoroutines = new DropWatch();

const complaintsOf = perLoop((loop) => {
  const complaints = new Set<NeverAwaited>();
  loop.onClose(() => {
    unawaitedCoroutines.sweep(); // those that were made just now have no complaint yet
    for (const complaint of complaints) complaint.report();
  });
  return complaints;
});

/** Watch a coroutine that has not begun, made inside `loop` or, if `null`, outside of any. */
export function watchUnawaited(coroutine: Watched, loop: Scheduler | null): void {
  if (loop !== null) complaintsOf(loop); // listens to the loop from its first coroutine on
  unawaitedCoroutines.add(coroutine);
}

/**
 * The coroutines made inside `loop` that have not begun; they are not reported any more. For the leak checks of tests.
 */
export function takeNeverAwaited(loop: Scheduler): NeverAwaited[] {
  unawaitedCoroutines.sweep();
  const taken = [...complaintsOf(loop)];
  for (const complaint of taken) complaint.forgive();
  return taken;
}

/**
 * A coroutine that was made and not begun, usually because an `await` was forgotten.
 *
 * It is reported when it is dropped; one that was made inside a loop, at the latest when that loop is closed.
 */
export class NeverAwaited implements Complaint {
  /** The name of the coroutine function. */
  readonly name: string;
  /** Where the coroutine was made; only in debug mode. */
  readonly createdAt: string | undefined;
  readonly #loop: Scheduler | null;
  #settled = false;

  constructor(name: string, createdAt: string | undefined, loop: Scheduler | null) {
    this.name = name;
    this.createdAt = createdAt;
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
    const origin = this.createdAt === undefined ? "" : `\ncoroutine created at:\n${this.createdAt}`;
    warn(`coroutine '${this.name}' was never awaited${origin}`, "RuntimeWarning");
  }
}
