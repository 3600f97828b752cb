import type { Runnable, Scheduler } from "@asyncio-ts/core";
import { CancelledError, Future, type GeneratorBody } from "@asyncio-ts/tasks";

/**
 * Wait until all `futures` are done, however often the waiting task is cancelled meanwhile: they are not cancelled by that.
 *
 * @returns The last `CancelledError` that came meanwhile, to be thrown again; or `null`.
 */
export function* outlast(futures: Iterable<Future<unknown>>, loop: Scheduler): GeneratorBody<CancelledError | null> {
  let cancellation: CancelledError | null = null;
  for (const future of futures) {
    while (!future.done()) {
      const end = new EndOf(future, loop);
      try {
        yield* end;
      } catch (error) {
        if (!(error instanceof CancelledError)) throw error;
        cancellation = error;
      } finally {
        future.removeWaiter(end);
      }
    }
  }
  return cancellation;
}

/** Done when another future is: to be cancelled in its place. */
export class EndOf extends Future<void> implements Runnable {
  constructor(future: Future<unknown>, loop: Scheduler) {
    super({ loop });
    future.addWaiter(this);
  }

  run(): void {
    if (!this.done()) this.setResult();
  }
}
