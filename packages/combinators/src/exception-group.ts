import { brand, show } from "@asyncio-ts/contextvars";
import { framesOf, layOut, printPart } from "./exception-group-layout.ts";

/** A class of what is thrown: nearly always one of errors. */
export type ThrownClass = abstract new (...args: never[]) => unknown;

/** Which errors are meant: those of a class, those of one of several classes, or those that a function says. */
export type ErrorMatcher = ThrownClass | readonly ThrownClass[] | ((error: unknown) => boolean);

/**
 * Several errors that belong together, as those of the tasks of a group; a part may be a group as well.
 *
 * `errors` are its parts, in the order in which they came. Its `stack`, and what consoles show of it, lists them with
 * stacks of their own.
 *
 * There is no `except*` in JavaScript: catch the group, take what you can deal with by `split()`, and throw the rest.
 *
 * @see {@link https://docs.python.org/3/library/exceptions.html#exception-groups}
 *
 * @example
 * const group = new ExceptionGroup("two went wrong", [new RangeError("too big"), new TypeError("too odd")]);
 * const [tooBig, rest] = group.split(RangeError);
 * tooBig?.errors.map(String) // => ["RangeError: too big"]
 * rest?.errors.map(String) // => ["TypeError: too odd"]
 */
export class ExceptionGroup extends AggregateError {
  static {
    brand(this, "asyncio-ts.ExceptionGroup");
    Object.defineProperty(this.prototype, Symbol.for("nodejs.util.inspect.custom"), { value: inspectGroup });
  }

  #frames: () => string;

  /**
   * @param message - What the errors have in common.
   * @param errors - The parts, whatever was thrown; at least one.
   * @throws {TypeError} `message` is not a string, or `errors` not an iterable.
   * @throws {RangeError} `errors` is empty.
   */
  constructor(message: string, errors: Iterable<unknown>, options?: ErrorOptions) {
    const parts = checkedParts(message, errors);
    // The stack that the engine writes down would be put into words here, and then be replaced by one with the parts.
    const { stackTraceLimit } = Error;
    if (typeof Error.captureStackTrace === "function") Error.stackTraceLimit = 0;
    super(parts, message, options);
    Error.stackTraceLimit = stackTraceLimit;
    this.#frames = framesOf(this, new.target as never);
    Object.defineProperty(this, "stack", {
      get: () => this.layOut(printPart),
      set: (value) => {
        Object.defineProperty(this, "stack", { value, writable: true });
      },
      configurable: true,
    });
  }

  /**
   * Divide the group: the errors that match, and all others, each in a group of the same shape; `null` for none.
   *
   * A group that matches, this one or an inner one, is taken whole. So a function that is true for all but some errors
   * should be false for groups.
   *
   * @throws {TypeError} `matcher` is neither a function, nor a class, nor an array of classes.
   */
  split(matcher: ErrorMatcher): [matching: ExceptionGroup | null, others: ExceptionGroup | null] {
    const matches = predicateOf(matcher);
    if (matches(this)) return [this, null];
    const matching: unknown[] = [];
    const others: unknown[] = [];
    for (const error of this.errors) {
      if (error instanceof ExceptionGroup) {
        const [inside, outside] = error.split(matches);
        if (inside !== null) matching.push(inside);
        if (outside !== null) others.push(outside);
      } else if (matches(error)) matching.push(error);
      else others.push(error);
    }
    return [ExceptionGroup.#part(this, matching), ExceptionGroup.#part(this, others)];
  }

  /**
   * The errors that match, in a group of the same shape; `null` for none.
   *
   * @throws {TypeError} `matcher` is neither a function, nor a class, nor an array of classes.
   */
  subgroup(matcher: ErrorMatcher): ExceptionGroup | null {
    return this.split(matcher)[0];
  }

  /**
   * The errors themselves, those of inner groups among them: all of them, or those of a class.
   *
   * @throws {TypeError} `errorClass` is not a class.
   *
   * @example
   * const group = new ExceptionGroup("outer", [new Error("a"), new ExceptionGroup("inner", [new RangeError("b")])]);
   * group.leaves().map(String) // => ["Error: a", "RangeError: b"]
   * group.leaves(RangeError).map((error) => error.message) // => ["b"]
   */
  leaves(): unknown[];
  leaves<C extends ThrownClass>(errorClass: C): InstanceType<C>[];
  leaves(errorClass?: ThrownClass): unknown[] {
    const matches = errorClass === undefined ? () => true : predicateOf([errorClass]);
    return this.errors
      .flatMap((error): unknown[] => (error instanceof ExceptionGroup ? error.leaves() : [error]))
      .filter(matches);
  }

  /** Make the group of some of the errors, for `split()`; a subclass that makes its own kind overrides it. */
  protected derive(errors: readonly unknown[]): ExceptionGroup {
    return new ExceptionGroup(this.message, errors);
  }

  /** @internal */
  layOut(print: (part: unknown) => string): string {
    return layOut(this, #frames in this ? this.#frames() : "", print);
  }

  /** A group that has come from another thread was made without its constructor, and has nothing private. */
  static #part(group: ExceptionGroup, errors: readonly unknown[]): ExceptionGroup | null {
    if (errors.length === 0) return null;
    const part = group.derive(errors);
    if ("cause" in group)
      Object.defineProperty(part, "cause", { value: group.cause, configurable: true, writable: true });
    if (#frames in part && #frames in group) part.#frames = group.#frames;
    return part;
  }
}

/** What Node's `util.inspect` calls, and with it `console`; it shows the parts with all that they have. */
function inspectGroup(
  this: ExceptionGroup,
  _depth: number,
  options: object,
  inspect: (value: unknown, options: object) => string,
): string {
  return this.layOut((part) => inspect(part, options));
}

function checkedParts(message: unknown, errors: unknown): Iterable<unknown> {
  if (typeof message !== "string") throw new TypeError(`ExceptionGroup needs a message, not ${show(message)}`);
  if (
    typeof (errors as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] !== "function" ||
    typeof errors === "string"
  ) {
    throw new TypeError(`ExceptionGroup needs an array of errors, not ${show(errors)}`);
  }
  const parts = [...(errors as Iterable<unknown>)];
  if (parts.length === 0) throw new RangeError("ExceptionGroup needs at least one error, and was given none");
  return parts;
}

function predicateOf(matcher: ErrorMatcher): (error: unknown) => boolean {
  if (Array.isArray(matcher) && matcher.every(isClass)) return (error) => matcher.some((each) => error instanceof each);
  if (isClass(matcher)) return (error) => error instanceof matcher;
  if (typeof matcher === "function") return matcher as (error: unknown) => boolean;
  throw new TypeError(
    `Cannot match errors with ${show(matcher)}; a class, an array of classes or a function was expected`,
  );
}

/** Of a class, unlike of a plain function, `prototype` cannot be replaced. */
function isClass(value: unknown): value is ThrownClass {
  if (typeof value !== "function") return false;
  const prototype = Object.getOwnPropertyDescriptor(value, "prototype");
  return prototype !== undefined && (prototype.writable === false || prototype.value instanceof Error);
}
