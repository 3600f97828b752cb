import type { Context } from "@asyncio-ts/contextvars";
import { perLoop, type Scheduler, showAsString } from "@asyncio-ts/core";
import { type Complaint, DropWatch } from "./drop-watch.ts";

/** What is known about a failed future. */
interface FailedFuture {
  readonly loop: Scheduler;
  readonly createdAt: string | undefined;
  toString(): string;
  /** A task has one. */
  getContext?(): Context;
}

const reportsOf = perLoop((loop) => {
  loop.onClose(() => reportUnretrieved(loop));
  return new Set<Unretrieved>();
});

/**
 * Report the errors of failed tasks and futures of `loop` that nobody has read yet, each as if it were dropped now.
 *
 * For whoever ends a program while its loop runs. A loop of `run()` or `install()` does this when the process exits, any
 * loop when it is closed. What was reported is not reported again.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-dev.html#detect-never-retrieved-exceptions}
 *
 * @example
 * const errors: unknown[] = [];
 * loop.setExceptionHandler((_, { exception }) => errors.push(exception));
 * new Future({ loop }).setException("spam");
 * reportUnretrieved(loop);
 * errors // => ["spam"]
 */
export function reportUnretrieved(loop: Scheduler): void {
  failedFutures.sweep(); // those that failed just now are not described yet
  for (const each of reportsOf(loop)) each.report();
}

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
  #future: WeakRef<FailedFuture> | null = null;
  #remains: Remains | null = null;

  constructor(future: FailedFuture, error: unknown) {
    this.#loop = future.loop;
    this.#message = `${future.constructor.name} exception was never retrieved`;
    this.#error = error;
    this.#createdAt = future.createdAt;
    reportsOf(this.#loop).add(this);
  }

  /** Keep what a report has to tell of `future`, which may be gone by then. */
  describe(future: FailedFuture): void {
    this.#future = new WeakRef(future);
    this.#remains = new Remains(future);
    releaseFrames(this.#error);
  }

  forgive(): void {
    reportsOf(this.#loop).delete(this);
  }

  report(): void {
    if (!reportsOf(this.#loop).delete(this)) return;
    this.#loop.callExceptionHandler({
      message: this.#message,
      exception: this.#error,
      future: this.#future?.deref() ?? (this.#remains as Remains),
      createdAt: this.#createdAt,
    });
  }
}

/** Stands in for a future that is gone, in the report of its exception. */
class Remains {
  static {
    showAsString(this);
  }

  readonly #shown: string;
  readonly #context: Context | undefined;

  constructor(future: FailedFuture) {
    this.#shown = future.toString();
    this.#context = future.getContext?.();
  }

  getContext(): Context | undefined {
    return this.#context;
  }

  toString(): string {
    return this.#shown;
  }
}

/**
 * V8 writes the stack of an error only when it is read, and until then holds the objects whose methods are on it: the
 * task that threw the error among them, which would never be dropped.
 */
function releaseFrames(error: unknown): void {
  const seen = new Set<unknown>();
  for (let each = error; each instanceof Error && !seen.has(each); each = each.cause) {
    seen.add(each);
    void each.stack;
  }
}

/** Watches futures that failed. */
export const failedFutures: DropWatch = new DropWatch();
