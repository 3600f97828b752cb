import { brandedClass, show } from "@asyncio-ts/contextvars";
import { warn } from "@asyncio-ts/core";
import { RemoteError } from "@asyncio-ts/executors";
import {
  brandsOf,
  classNameOf,
  isNativeName,
  makeError,
  type Revive,
  reviverOf,
} from "@asyncio-ts/executors/error-classes";

/**
 * What was thrown, on its way to another thread: a clone of an error has lost its class and its properties.
 *
 * Can be cloned; the records of errors that refer to each other do so too. Classes are known as executors know them, by
 * `registerError`, and by their brands. Of a class that is not known at the other end, the closest that is comes back.
 */
export type ThrownRecord =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "list"; readonly items: ThrownRecord[] }
  | ErrorRecord;

interface ErrorRecord {
  readonly kind: "error";
  /** By which the two sides may know its class, or one above it, the closest first. */
  readonly classNames: readonly string[];
  /** What `instanceof` of its branded classes looks at. */
  readonly brands: readonly string[];
  readonly name: string;
  readonly message: string;
  readonly properties: { readonly key: string; readonly enumerable: boolean; readonly value: ThrownRecord }[];
}

/** The record of whatever was thrown; what it holds that cannot be cloned becomes a text. Never throws itself. */
export function recordOf(thrown: unknown): ThrownRecord {
  try {
    return record(thrown, new Map());
  } catch (problem) {
    return recordOf(new Error(`Cannot read what was thrown, to send it to another thread: ${show(problem)}`));
  }
}

function record(thrown: unknown, known: Map<unknown, ThrownRecord>): ThrownRecord {
  const existing = known.get(thrown);
  if (existing !== undefined) return existing;
  if (thrown instanceof Error) return recordError(thrown, known);
  if (!(Array.isArray(thrown) && thrown.some((each) => each instanceof Error))) {
    return { kind: "value", value: clonable(thrown) };
  }
  const list: ThrownRecord = { kind: "list", items: [] };
  known.set(thrown, list);
  for (const each of thrown) list.items.push(record(each, known));
  return list;
}

function recordError(error: Error, known: Map<unknown, ThrownRecord>): ErrorRecord {
  const brands = brandsOf(error);
  const found: ErrorRecord = {
    kind: "error",
    classNames: [classNameOf(error), ...brands, ...nativesOf(error)].filter((each) => each !== null),
    brands,
    name: String(error.name),
    message: String(error.message),
    properties: [],
  };
  known.set(error, found);
  for (const [key, { enumerable = false, value }] of Object.entries(Object.getOwnPropertyDescriptors(error))) {
    const isStack = key === "stack"; // an accessor in some engines
    if (key === "name" || key === "message" || (value === undefined && !isStack)) continue;
    found.properties.push({ key, enumerable, value: record(isStack ? String(error.stack) : value, known) });
  }
  return found;
}

/** What was thrown, of its record. Never throws itself, whatever the classes of the program do. */
export function thrownOf(sent: ThrownRecord): unknown {
  return withoutStacks(() => {
    try {
      return rebuild(sent, new Map());
    } catch (mistake) {
      const { name, message } = sent.kind === "error" ? sent : { name: "Error", message: "Something was thrown" };
      warn(`An error ${name} of another thread cannot be made again here: ${show(mistake)}`, "RuntimeWarning");
      return define(new RemoteError(message), "name", name, false);
    }
  });
}

/** Call `f`, in which no error looks for its stack: it is given another one. */
function withoutStacks<T>(f: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return f();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function rebuild(sent: ThrownRecord, known: Map<ThrownRecord, unknown>): unknown {
  if (sent.kind === "value") return sent.value;
  const existing = known.get(sent);
  if (existing !== undefined) return existing;
  if (sent.kind === "error") return rebuildError(sent, known);
  const list: unknown[] = [];
  known.set(sent, list);
  for (const each of sent.items) list.push(rebuild(each, known));
  return list;
}

function rebuildError(sent: ErrorRecord, known: Map<ThrownRecord, unknown>): Error {
  const { error, revive } = makeKnown(sent);
  known.set(sent, error);
  if (error.name !== sent.name) define(error, "name", sent.name, false);
  for (const { key, enumerable, value } of sent.properties) define(error, key, rebuild(value, known), enumerable);
  return revive === undefined ? withBrands(error, sent) : revived(error, revive, sent, known);
}

/** Whoever waits has to be told of the error, also if the program cannot revive it. */
function revived(plain: Error, revive: Revive, sent: ErrorRecord, known: Map<ThrownRecord, unknown>): Error {
  try {
    const made = define(revive(plain as Error & Record<string, unknown>), "stack", plain.stack, false);
    known.set(sent, made);
    return made;
  } catch (mistake) {
    warn(`The revive() of the registered error ${sent.classNames[0]} has thrown: ${show(mistake)}`, "RuntimeWarning");
    return plain;
  }
}

/** Of the closest class that is known here; or plain, and what makes one of its class of that. */
function makeKnown({ classNames, name, message }: ErrorRecord): { error: Error; revive?: Revive | undefined } {
  for (const className of classNames) {
    const revive = reviverOf(className);
    if (revive !== undefined) return { error: new Error(message), revive };
    const error = makeError(className, name, message) ?? makeBranded(className, message);
    if (error !== null) return { error };
  }
  return { error: new Error(message) };
}

/** Without its constructor: nobody knows what that would take. */
function makeBranded(className: string, message: string): Error | null {
  const errorClass = brandedClass(className);
  return errorClass === undefined ? null : (Reflect.construct(Error, [message], errorClass) as Error);
}

/** Those of classes that are not known here: `instanceof` of another copy of them holds all the same. */
function withBrands(error: Error, { brands }: ErrorRecord): Error {
  for (const each of brands) {
    if (!(Symbol.for(each) in error)) Object.defineProperty(error, Symbol.for(each), { value: true });
  }
  return error;
}

/** Assigning would run setters, of `__proto__` for one. */
function define(error: Error, key: string, value: unknown, enumerable: boolean): Error {
  return Object.defineProperty(error, key, { value, enumerable, configurable: true, writable: true });
}

function clonable(value: unknown): unknown {
  try {
    structuredClone(value);
    return value;
  } catch {
    return show(value);
  }
}

/** The classes of JavaScript itself that it is of, by their names. */
function nativesOf(error: Error): string[] {
  const names: string[] = [];
  for (let each = Object.getPrototypeOf(error); each !== null; each = Object.getPrototypeOf(each)) {
    names.push(String(each.constructor?.name));
  }
  return names.filter(isNativeName);
}
