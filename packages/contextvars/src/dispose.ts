/**
 * `Symbol.dispose`, or what stands for it in engines that do not have it yet: the name of the method that `using` calls.
 *
 * @example
 * const door = { [dispose]: () => console.log("closed") };
 * door[dispose](); // => closed
 */
export const dispose: typeof Symbol.dispose = (Symbol.dispose ?? Symbol.for("Symbol.dispose")) as typeof Symbol.dispose;

/** `Symbol.asyncDispose`, or what stands for it in engines that do not have it yet: the name of the method that `await using` calls. */
export const asyncDispose: typeof Symbol.asyncDispose = (Symbol.asyncDispose ??
  Symbol.for("Symbol.asyncDispose")) as typeof Symbol.asyncDispose;
