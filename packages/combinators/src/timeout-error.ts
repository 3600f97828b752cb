import type { Seconds } from "@asyncio-ts/core";
import { CancelledError, TimeoutError } from "@asyncio-ts/tasks";

/**
 * The error of `caller`, whose time is over.
 *
 * @param allowed - How long it was allowed to take; below zero if its time was over before it began.
 */
export function timeoutError(caller: string, allowed: Seconds, cause: CancelledError): TimeoutError {
  const seconds = Number(Math.abs(allowed).toPrecision(6)); // the sum of a clock and a delay is not exact
  const message =
    allowed < 0 ? `${caller}() was given a deadline ${seconds} s ago` : `${caller}() timed out after ${seconds} s`;
  return new TimeoutError(message, { cause });
}

/**
 * Tell in the causes of `error`, which has come up while the body of a timeout cleaned up, why the body was cancelled.
 *
 * The `CancelledError` among its causes becomes that of a `TimeoutError`, which takes its place. Of several errors that
 * were thrown together, each gets its own.
 *
 * @see {@link https://github.com/python/cpython/issues/125859}
 */
export function insertTimeoutError(error: unknown, maker: { timeoutError(cause: CancelledError): TimeoutError }): void {
  const errors = error instanceof AggregateError ? [error, ...error.errors] : [error];
  for (const each of errors) {
    const last = beforeCancellation(each);
    // What is frozen stays as it is.
    if (last !== null) Reflect.set(last, "cause", maker.timeoutError(last.cause as CancelledError));
  }
}

/** The error among the causes of `error`, itself included, whose own cause is a `CancelledError`. */
function beforeCancellation(error: unknown): Error | null {
  const met = new Set<unknown>(); // causes may go round in a ring
  for (let each = error; each instanceof Error && !met.has(each); each = each.cause) {
    if (each.cause instanceof CancelledError) return each;
    met.add(each);
  }
  return null;
}
