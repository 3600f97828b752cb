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
  const abort = (): void => void future.cancel(signal.reason);
  if (signal.aborted) return abort();
  signal.addEventListener("abort", abort);
  const forget = (): void => signal.removeEventListener("abort", abort);
  future.addWaiter({ run: forget, runWithoutLoop: forget });
}
