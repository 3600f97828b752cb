import type { CancelledError } from "./errors.ts";

/**
 * The abort signal of a task: aborted by the next cancellation, with the `CancelledError` as its reason.
 *
 * What a task awaits of foreign promises cannot be interrupted from outside; a signal asks it to end itself. Whether
 * anybody listened shows in whether anybody has read the reason, which whoever rejects with it must do.
 */
export class TaskSignal {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  #reasonRead = false;

  constructor() {
    this.signal = this.#controller.signal;
  }

  /**
   * Abort with `error`.
   *
   * @returns Whether somebody took the reason, and so will deliver it to the task.
   */
  abort(error: CancelledError): boolean {
    Object.defineProperty(this.signal, "reason", {
      get: () => {
        this.#reasonRead = true;
        return error;
      },
    });
    this.#controller.abort(error);
    return this.#reasonRead;
  }
}
