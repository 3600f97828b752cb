/**
 * `value` in a message: a string in quotes, all else as `String()` shows it, and also where that throws, as for an object
 * without a prototype.
 *
 * @example
 * show("1") // => '"1"'
 * show(Object.create(null)) // => "[object Object]"
 */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
