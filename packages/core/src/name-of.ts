/**
 * The name of a function, for messages.
 *
 * @example
 * nameOf(function fetchPage() {}) // => "fetchPage"
 * nameOf(() => {}) // => "<anonymous>"
 */
export function nameOf(callable: (...args: never[]) => unknown): string {
  return callable.name === "" ? "<anonymous>" : callable.name;
}
