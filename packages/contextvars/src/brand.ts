/** A class of errors, whatever its constructor takes. */
export type ErrorClass = abstract new (...args: never[]) => Error;

/** The branded classes of this thread, by their names: they live in modules, and so as long as these. */
const classes = new Map<string, ErrorClass>();

/**
 * Give an error class a name that survives minification and an `instanceof` that survives duplication.
 *
 * npm may install two copies of a package; the errors that they throw are still of one kind.
 * A subclass that is not branded itself keeps the ordinary `instanceof`.
 *
 * @param errorClass - The class, usually `this` in its static block.
 * @param name - A name that no other package uses, as `"asyncio-ts.CancelledError"`; what follows the last dot becomes
 * the `name` of the errors.
 * @throws {TypeError} `errorClass` is not a class, or `name` not a string.
 *
 * @example
 * class PoolClosed extends Error {
 *   static {
 *     brand(this, "my-pool.PoolClosed");
 *   }
 * }
 * new PoolClosed("no more jobs") instanceof PoolClosed // => true
 */
export function brand(errorClass: ErrorClass, name: string): void {
  const key = Symbol.for(name);
  Object.defineProperty(errorClass.prototype, "name", {
    value: name.slice(name.lastIndexOf(".") + 1),
    configurable: true,
    writable: true,
  });
  Object.defineProperty(errorClass.prototype, key, { value: true });
  Object.defineProperty(errorClass, Symbol.hasInstance, {
    value(this: ErrorClass, value: unknown): boolean {
      if (this !== errorClass) return Function.prototype[Symbol.hasInstance].call(this, value);
      return typeof value === "object" && value !== null && key in value;
    },
  });
  classes.set(name, errorClass);
}

/**
 * The class that `brand` was given with this name, the latest if there were several; `undefined` if none was.
 *
 * Errors lose their class on the way to another thread or process. Whoever sends the name of the brand finds the class
 * again on the other side, where the module that defines it was loaded.
 *
 * @example
 * brandedClass("asyncio-ts.CancelledError") === CancelledError // => true
 */
export function brandedClass(name: string): ErrorClass | undefined {
  return classes.get(name);
}
