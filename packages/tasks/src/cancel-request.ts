import type { Cancellation } from "./cancellation.ts";

/** A request for cancellation that whoever has made it can withdraw; see `Task.requestCancel()`. */
export class CancelRequest {
  readonly #cancellation: Cancellation;
  readonly #wasPostponed: boolean;
  readonly #deliveriesBefore: number;
  #isWithdrawn = false;

  /** @internal */
  constructor(cancellation: Cancellation, wasPostponed: boolean) {
    this.#cancellation = cancellation;
    this.#wasPostponed = wasPostponed;
    this.#deliveriesBefore = cancellation.deliveries;
  }

  /**
   * Take the request back, once: as `uncancel()`, but if it is not delivered yet, it never is, whatever else was requested.
   *
   * `uncancel()` cannot tell whose request is pending, so it drops that only with the last of all.
   */
  withdraw(): void {
    if (this.#isWithdrawn) return;
    this.#isWithdrawn = true;
    const isUndelivered = this.#wasPostponed && this.#cancellation.deliveries === this.#deliveriesBefore;
    this.#cancellation.takeBack();
    if (isUndelivered && this.#cancellation.isPending) this.#cancellation.undelivered--;
  }
}
