/** Those who listen to a signal, by way of one listener on it. */
const listenersOf = new WeakMap<AbortSignal, AbortListeners>();

/**
 * Call `listener` when `signal` is aborted, unless it was removed before.
 *
 * As `signal.addEventListener("abort", listener)`, for any number of listeners: on the signal itself there is only one.
 * Node takes more than ten for a leak, and passes all of them for each that is added or removed.
 *
 * @example
 * const controller = new AbortController();
 * addAbortListener(controller.signal, () => console.log("aborted")); // => aborted
 * controller.abort();
 */
export function addAbortListener(signal: AbortSignal, listener: () => void): void {
  let listeners = listenersOf.get(signal);
  if (listeners === undefined) {
    listeners = new AbortListeners(signal);
    listenersOf.set(signal, listeners);
  }
  listeners.add(listener);
}

/**
 * Take back an `addAbortListener()`; with the last one, nothing is left on the signal.
 *
 * @example
 * const { signal } = new AbortController();
 * const listener = () => console.log("aborted");
 * addAbortListener(signal, listener);
 * removeAbortListener(signal, listener);
 */
export function removeAbortListener(signal: AbortSignal, listener: () => void): void {
  listenersOf.get(signal)?.remove(listener);
}

class AbortListeners {
  readonly #signal: AbortSignal;
  readonly #listeners = new Set<() => void>();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  add(listener: () => void): void {
    if (this.#listeners.size === 0) this.#signal.addEventListener("abort", this.#aborted);
    this.#listeners.add(listener);
  }

  remove(listener: () => void): void {
    if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
    this.#signal.removeEventListener("abort", this.#aborted);
  }

  readonly #aborted = (): void => {
    for (const listener of this.#listeners) {
      try {
        listener();
      } catch (error) {
        // As an event target does: an uncaught exception, and the others hear of the abort all the same.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  };
}
