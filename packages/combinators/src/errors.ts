import { brand } from "@asyncio-ts/contextvars";

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
