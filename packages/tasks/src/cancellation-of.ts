import { CancelledError } from "./errors.ts";

/**
 * The `CancelledError` that `error` is, or that others have made it of; `null` if it is an error of its own.
 *
 * For code that tells the cancellation of the current task from failures. Node's functions wrap the reason of a signal,
 * as that of `signal()`, in an `AbortError`. `Promise.any` collects the cancellations of all that it waits for in an
 * `AggregateError`.
 *
 * @param requests - How many cancellations of the task were requested, `task.cancelling()`: without any, such an
 * `AggregateError` is about others.
 *
 * @example
 * const error = new CancelledError("enough");
 * cancellationOf(error, 1) === error // => true
 * cancellationOf(new DOMException("aborted", "AbortError"), 1) // => null
 */
export function cancellationOf(error: unknown, requests: number): CancelledError | null {
  if (error instanceof CancelledError) return error;
  if (requests > 0 && error instanceof AggregateError && error.constructor === AggregateError) {
    const { errors } = error;
    return errors.every((each) => each instanceof CancelledError) ? (errors[0] ?? null) : null;
  }
  if (!(error instanceof Error) || error.name !== "AbortError") return null;
  return error.cause instanceof CancelledError ? error.cause : null;
}
