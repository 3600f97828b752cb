import type { TaskSignal } from "./task-signal.ts";

/**
 * What has been asked of a task that was cancelled, and what has become of it.
 *
 * Made with the first `cancel()` or `signal()` of the task, for most tasks never see one.
 */
export class Cancellation {
  /** How many requests were made and not taken back by `uncancel()`. */
  requests = 0;
  /** How many requests are still to be delivered, all by the next step. */
  undelivered = 0;
  /** How often requests were delivered. */
  deliveries = 0;
  /** What the last request that had to wait was given. */
  message: unknown = undefined;
  /** A request is being passed on to what the task waits on. */
  isPassedOn = false;
  /** A signal was aborted, and whoever heard of it may be about to throw: then that was the delivery. */
  isDeliveryExpected = false;
  /** The signal that the next request aborts. */
  signal: TaskSignal | null = null;

  /** Whether the next step is to deliver a request. */
  get isPending(): boolean {
    return this.undelivered > 0;
  }

  /** A request with `message` could not be passed on: the next step delivers it. */
  postpone(message: unknown): void {
    this.undelivered++;
    this.message = message;
  }

  /** What was pending has been delivered, or will not be any more. */
  deliver(): void {
    this.undelivered = 0;
    this.deliveries++;
  }

  /** The body has moved: if a signal was aborted before that, it has delivered the request. */
  bodyMoves(): void {
    if (!this.isDeliveryExpected) return;
    this.isDeliveryExpected = false;
    this.deliver();
  }

  /** Take back one request; one that is not yet delivered is dropped with the last of them. */
  takeBack(): void {
    if (this.requests === 0) return;
    this.requests--;
    if (this.requests === 0) this.deliver();
  }
}
