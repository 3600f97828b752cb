import { addAbortListener, removeAbortListener } from "./abort-listeners.ts";
import type { Future } from "./future.ts";

/**
 * Cancel `future` when `signal` is aborted, with the reason of the signal; at once if it is aborted already.
 *
 * Nothing stays on the signal once the future is done.
 *
 * @example
 * const controller = new AbortController();
 * const future = new Future<void>();
 * cancelOnAbort(future, controller.signal);
 * controller.abort("no longer needed");
 * future.cancelled() // => true
 */
export function cancelOnAbort(future: Future<unknown>, signal: AbortSignal): void {
  onAbort(future, signal, () => void future.cancel(signal.reason));
}

/**
 * Call `listener` when `signal` is aborted, unless `future` is done by then; at once if it is aborted already.
 *
 * Nothing stays on the signal once the future is done.
 *
 * @example
 * const controller = new AbortController();
 * onAbort(new Future<void>(), controller.signal, () => console.log("aborted")); // => aborted
 * controller.abort();
 */
export function onAbort(future: Future<unknown>, signal: AbortSignal, listener: () => void): void {
  if (signal.aborted) return listener();
  addAbortListener(signal, listener);
  const forget = (): void => removeAbortListener(signal, listener);
  future.addWaiter({ run: forget, runWithoutLoop: forget });
}
