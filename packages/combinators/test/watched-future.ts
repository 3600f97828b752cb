import type { Runnable } from "@asyncio-ts/core";
import { Future } from "@asyncio-ts/tasks";

/** A future that knows who waits for it. */
export class WatchedFuture<T> extends Future<T> {
  readonly waiters = new Set<Runnable>();

  override addWaiter(waiter: Runnable): void {
    this.waiters.add(waiter);
    super.addWaiter(waiter);
  }

  override removeWaiter(waiter: Runnable): void {
    this.waiters.delete(waiter);
    super.removeWaiter(waiter);
  }
}
