import { type ErrorClass, LookupError, RuntimeError, show } from "@asyncio-ts/contextvars";
import { CancelledError, InvalidStateError, TimeoutError } from "@asyncio-ts/tasks";

/**
 * What was thrown, on its way to another thread: a clone of an error has lost its class and its properties.
 *
 * Can be cloned; the records of errors that refer to each other do so too.
 */
export type ThrownRecord =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "list"; readonly items: ThrownRecord[] }
  | ErrorRecord;

interface ErrorRecord {
  readonly kind: "error";
  /** Of the closest class of JavaScript itself. */
  readonly nativeName: string;
  /** By which errors know their classes, the most derived first. */
  readonly brands: readonly string[];
  readonly name: string;
  readonly message: string;
  readonly properties: { readonly key: string; readonly enumerable: boolean; readonly value: ThrownRecord }[];
}

const brandPrefix = "asyncio-ts.";

const natives = ["AggregateError", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError"];

/** Those of our classes whose errors keep nothing in private. */
const ourClasses = new Map<string, ErrorClass>(
  [RuntimeError, LookupError, CancelledError, InvalidStateError, TimeoutError].map((each) => [
    ownBrands(each.prototype)[0] as string,
    each,
  ]),
);

/** The record of whatever was thrown; what it holds that cannot be cloned becomes a text. */
export function recordOf(thrown: unknown, known: Map<unknown, ThrownRecord> = new Map()): ThrownRecord {
  const existing = known.get(thrown);
  if (existing !== undefined) return existing;
  if (thrown instanceof Error) return recordOfError(thrown, known);
  if (!(Array.isArray(thrown) && thrown.some((each) => each instanceof Error))) {
    return { kind: "value", value: clonable(thrown) };
  }
  const list: ThrownRecord = { kind: "list", items: [] };
  known.set(thrown, list);
  for (const each of thrown) list.items.push(recordOf(each, known));
  return list;
}

function recordOfError(error: Error, known: Map<unknown, ThrownRecord>): ErrorRecord {
  const prototypes = prototypesOf(error);
  const record: ErrorRecord = {
    kind: "error",
    nativeName: prototypes.map((each) => String(each.constructor?.name)).find(isNative) ?? "Error",
    brands: prototypes.flatMap(ownBrands),
    name: String(error.name),
    message: String(error.message),
    properties: [],
  };
  known.set(error, record);
  for (const [key, { enumerable = false, value }] of Object.entries(Object.getOwnPropertyDescriptors(error))) {
    const isStack = key === "stack"; // an accessor in some engines
    if (key === "name" || key === "message" || (value === undefined && !isStack)) continue;
    record.properties.push({ key, enumerable, value: recordOf(isStack ? String(error.stack) : value, known) });
  }
  return record;
}

/** What was thrown, of its record. */
export function thrownOf(record: ThrownRecord, known: Map<ThrownRecord, unknown> = new Map()): unknown {
  if (record.kind === "value") return record.value;
  const existing = known.get(record);
  if (existing !== undefined) return existing;
  if (record.kind === "error") return errorOf(record, known);
  const list: unknown[] = [];
  known.set(record, list);
  for (const each of record.items) list.push(thrownOf(each, known));
  return list;
}

function errorOf(record: ErrorRecord, known: Map<ThrownRecord, unknown>): Error {
  const { nativeName, brands, name, message, properties } = record;
  if (nativeName === "DOMException") return new DOMException(message, name);
  const ours = brands.map((each) => ourClasses.get(each)).find((each) => each !== undefined);
  const errorClass = ours ?? ((globalThis as never)[nativeName] as ErrorClass);
  const error = Reflect.construct(Error, [message], errorClass) as Error; // nobody knows what its constructor would take
  known.set(record, error);
  if (error.name !== name) define(error, "name", name, false);
  for (const each of brands) {
    if (Reflect.get(error, Symbol.for(each)) !== true) Object.defineProperty(error, Symbol.for(each), { value: true });
  }
  for (const { key, enumerable, value } of properties) define(error, key, thrownOf(value, known), enumerable);
  return error;
}

/** Assigning would run setters, of `__proto__` for one. */
function define(error: Error, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(error, key, { value, enumerable, configurable: true, writable: true });
}

function clonable(value: unknown): unknown {
  try {
    structuredClone(value);
    return value;
  } catch {
    return show(value);
  }
}

function isNative(name: string): boolean {
  return name === "DOMException" || natives.includes(name);
}

function ownBrands(prototype: object): string[] {
  const names = Object.getOwnPropertySymbols(prototype).map((key) => Symbol.keyFor(key) ?? "");
  return names.filter((name) => name.startsWith(brandPrefix));
}

function prototypesOf(value: object): object[] {
  const found: object[] = [];
  for (let each = Object.getPrototypeOf(value); each !== null; each = Object.getPrototypeOf(each)) found.push(each);
  return found;
}
