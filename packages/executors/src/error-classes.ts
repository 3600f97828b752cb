import { brandedClass, type ErrorClass, show } from "@asyncio-ts/contextvars";
import { warn } from "@asyncio-ts/core";
import { perThread } from "./per-thread.ts";

/** How errors of a registered class cross. */
export interface RegisterErrorOptions<E extends Error> {
  /** By what name the two sides know the class; by default its brand, or else its own name. */
  readonly name?: string | undefined;
  /**
   * Make the error of one that has the same message and properties, but is a plain `Error`. By default an error is made
   * without the constructor of its class, which suits every class that keeps what it knows in public fields.
   */
  readonly revive?: ((plain: Error & Readonly<Record<string, unknown>>) => E) | undefined;
}

/** Makes an error of a plain one. */
export type Revive = NonNullable<RegisterErrorOptions<Error>["revive"]>;

/** A class of errors that both sides know. */
interface KnownClass {
  readonly errorClass: ErrorClass;
  readonly revive: Revive | undefined;
}

const registered = perThread("errorClasses.1", () => ({
  byName: new Map<string, KnownClass>(),
  names: new WeakMap<object, string>(),
}));

/**
 * Let errors of `errorClass` come back from workers as what they are, for `instanceof` and with their methods.
 *
 * To be called on both sides: best in the module that defines the class. In a program that is minified give it a `name`,
 * since the two sides may be given different ones. Native errors and those of branded classes, as all of this project are,
 * need it not. Errors of a class that is not known arrive as `RemoteError`s, with all that they hold. Of two classes with
 * one name the second replaces the first, which a warning says.
 *
 * @throws {TypeError} `errorClass` is no class of errors, or has no name.
 *
 * @example
 * class NotFound extends Error {
 *   readonly status = 404;
 * }
 * registerError(NotFound);
 */
export function registerError<E extends Error>(
  errorClass: abstract new (...args: never[]) => E,
  options: RegisterErrorOptions<E> = {},
): void {
  const isClass = typeof errorClass === "function" && errorClass.prototype instanceof Error;
  if (!isClass) throw new TypeError(`registerError() needs a class of errors, not ${show(errorClass)}`);
  const name = options.name ?? ownBrands(errorClass.prototype)[0] ?? errorClass.name;
  if (typeof name !== "string" || name === "") {
    throw new TypeError(`registerError() needs a name for the class, not ${show(name)}`);
  }
  const taken = registered.byName.get(name)?.errorClass;
  if (taken !== undefined && taken !== errorClass) {
    warn(
      `Two classes of errors are registered as ${name}: those of the first come back as the second`,
      "RuntimeWarning",
    );
  }
  registered.byName.set(name, { errorClass, revive: options.revive });
  registered.names.set(errorClass, name);
}

/** By what name the class of `error`, or the closest class above it, is known on both sides; `null` if none is. */
export function classNameOf(error: object): string | null {
  if (error instanceof DOMException) return "DOMException";
  for (const prototype of prototypesOf(error)) {
    const name = registered.names.get(prototype.constructor) ?? ownBrands(prototype)[0];
    if (name !== undefined) return name;
  }
  return isNative(error.constructor) ? error.constructor.name : null;
}

/** An error of the class known as `className`; `null` if there is none. */
export function makeError(className: string, name: string, message: string): Error | null {
  if (className === "DOMException") return new DOMException(message, name);
  const errorClass = registered.byName.get(className)?.errorClass ?? brandedClass(className) ?? nativeClass(className);
  // Without its constructor: nobody knows what that would take.
  return errorClass === undefined ? null : (Reflect.construct(Error, [message], errorClass) as Error);
}

/** What makes an error known as `className` of a plain one. */
export function reviverOf(className: string | null): Revive | undefined {
  return className === null ? undefined : registered.byName.get(className)?.revive;
}

// Brands

/** The names that `brand()` gave to the classes of `error`, the most derived first. */
export function brandsOf(error: object): string[] {
  return prototypesOf(error).flatMap(ownBrands);
}

function ownBrands(prototype: object): string[] {
  return Object.getOwnPropertySymbols(prototype).flatMap((key) => {
    const { value, enumerable } = Object.getOwnPropertyDescriptor(prototype, key) ?? {};
    const name = Symbol.keyFor(key);
    return name !== undefined && value === true && enumerable === false ? [name] : [];
  });
}

function prototypesOf(value: object): object[] {
  const found: object[] = [];
  let each = Object.getPrototypeOf(value) as object | null;
  for (; each !== null; each = Object.getPrototypeOf(each) as object | null) found.push(each);
  return found;
}

// Native classes

const natives: readonly string[] = [
  "Error",
  "AggregateError",
  "EvalError",
  "RangeError",
  "ReferenceError",
  "SuppressedError",
  "SyntaxError",
  "TypeError",
  "URIError",
];

/** Whether a class of JavaScript itself has this name. */
export function isNativeName(name: string): boolean {
  return natives.includes(name);
}

function nativeClass(name: string): ErrorClass | undefined {
  if (!isNativeName(name)) return undefined;
  return (globalThis as unknown as Record<string, ErrorClass | undefined>)[name];
}

/** Also one of another realm, as of `node:vm`. */
function isNative(errorClass: unknown): errorClass is { readonly name: string } {
  if (typeof errorClass !== "function" || !isNativeName(errorClass.name)) return false;
  return String(errorClass).includes("[native code]");
}
