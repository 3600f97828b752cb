import { brand, show } from "@asyncio-ts/contextvars";

/**
 * The task or future was cancelled.
 *
 * Clean up and let it propagate. To swallow it is to say "I refuse to be cancelled", and whoever asked will wait for you.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-exceptions.html#asyncio.CancelledError}
 *
 * @example
 * new CancelledError("no longer needed").message // => "no longer needed"
 */
export class CancelledError extends Error {
  static {
    brand(this, "asyncio-ts.CancelledError");
  }

  /** What `cancel()` was given, of whatever type; `undefined` if nothing. */
  readonly reason: unknown;

  /** @param reason - Becomes the message; an `Error` becomes the cause as well. */
  constructor(reason?: unknown) {
    const cause = reason instanceof Error ? { cause: reason } : undefined;
    super(messageOf(reason), cause);
    this.reason = reason ?? undefined;
  }
}

/**
 * A `CancelledError` made by the loop: without a stack, unless in debug mode. It would show nothing but the loop, and to
 * write it down costs ten times as much as the rest of a cancellation.
 *
 * @internal
 */
export function cancelledError(reason: unknown, loop: { getDebug(): boolean }): CancelledError {
  if (loop.getDebug()) return new CancelledError(reason);
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return new CancelledError(reason);
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function messageOf(reason: unknown): string {
  if (reason === undefined || reason === null) return "";
  if (reason instanceof Error) return reason.message;
  return typeof reason === "string" ? reason : show(reason);
}

/**
 * A future or task was asked for something that its state does not allow.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-exceptions.html#asyncio.InvalidStateError}
 *
 * @example
 * new InvalidStateError("Cannot set the result of a future that is already done").name // => "InvalidStateError"
 */
export class InvalidStateError extends Error {
  static {
    brand(this, "asyncio-ts.InvalidStateError");
  }
}

/**
 * A time limit has passed.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-exceptions.html#asyncio.TimeoutError}
 *
 * @example
 * new TimeoutError("too late").name // => "TimeoutError"
 */
export class TimeoutError extends Error {
  static {
    brand(this, "asyncio-ts.TimeoutError");
  }
}
