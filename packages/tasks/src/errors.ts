import { brand } from "@asyncio-ts/contextvars";
import { show } from "./show.ts";

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
    super(reason instanceof Error ? reason.message : show(reason ?? ""), cause);
    this.reason = reason ?? undefined;
  }
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
