/** `value` in a message: as `String()` shows it, and also where that throws, as for an object without a prototype. */
export function show(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
