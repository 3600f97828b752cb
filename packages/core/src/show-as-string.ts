/**
 * Let `console.log` and Node's `util.inspect` show the objects of a class by their `toString()`: Python's `__repr__`.
 *
 * Counts for subclasses as well. Consoles of browsers show what they always do.
 *
 * @example
 * class Ticket {
 *   static {
 *     showAsString(this);
 *   }
 *   toString(): string {
 *     return "<Ticket 7>";
 *   }
 * }
 * String(new Ticket()) // => "<Ticket 7>"
 */
export function showAsString(shownClass: { readonly prototype: { toString(): string } }): void {
  Object.defineProperty(shownClass.prototype, Symbol.for("nodejs.util.inspect.custom"), {
    value(this: object): string {
      return this.toString();
    },
  });
}
