import { brand } from "./brand.ts";

/**
 * An operation met a state in which it makes no sense: Python's `RuntimeError`.
 *
 * @see {@link https://docs.python.org/3/library/exceptions.html#RuntimeError}
 *
 * @example
 * new RuntimeError("no running event loop").name // => "RuntimeError"
 */
export class RuntimeError extends Error {
  static {
    brand(this, "asyncio-ts.RuntimeError");
  }
}

/**
 * A context variable has neither a value nor a default: Python's `LookupError`.
 *
 * @see {@link https://docs.python.org/3/library/exceptions.html#LookupError}
 *
 * @example
 * new LookupError("no value").name // => "LookupError"
 */
export class LookupError extends Error {
  static {
    brand(this, "asyncio-ts.LookupError");
  }
}
