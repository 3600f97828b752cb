/**
 * The name of a function, for messages.
 *
 * @see {@link https://github.com/python/cpython/blob/main/Lib/asyncio/format_helpers.py}
 *
 * @example
 * nameOf(function fetchPage() {}) // => "fetchPage"
 * nameOf(() => {}) // => "<anonymous>"
 */
export function nameOf(callable: (...args: never[]) => unknown): string {
  return callable.name === "" ? "<anonymous>" : callable.name;
}
