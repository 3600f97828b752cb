import { perLoop, type Scheduler } from "@asyncio-ts/core";
import { type Complaint, DropWatch } from "./drop-watch.ts";

/** What is known about a failed future. */
interface FailedFuture {
  readonly loop: Scheduler;
  readonly createdAt: string | undefined;
}

const reportsOf = perLoop((loop) => {
  const reports = new Set<Unretrieved>();
  loop.onClose(() => {
    for (const each of reports) each.report();
  });
  return reports;
});

/**
 * The exception of a future that nobody has read yet.
 *
 * It is reported when the future is dropped, and at the latest when the loop is closed. Reading the exception, or
 * cancelling the future after it, forgives.
 */
export class Unretrieved implements Complaint {
  readonly #loop: Scheduler;
  readonly #message: string;
  readonly #error: unknown;
  readonly #createdAt: string | undefined;

  constructor(future: FailedFuture, error: unknown) {
    this.#loop = future.loop;
    this.#message = `${future.constructor.name} exception was never retrieved`;
    this.#error = error;
    this.#createdAt = future.createdAt;
    reportsOf(this.#loop).add(this);
  }

  forgive(): void {
    reportsOf(this.#loop).delete(this);
  }

  report(): void {
    if (!reportsOf(this.#loop).delete(this)) return;
    this.#loop.callExceptionHandler({ message: this.#message, exception: this.#error, createdAt: this.#createdAt });
  }
}

/** Watches futures that failed. */
export const failedFutures: DropWatch = new DropWatch();
