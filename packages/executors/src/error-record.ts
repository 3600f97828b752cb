/**
 * Errors on their way between threads and processes.
 *
 * Cloning keeps neither the class of an error nor its properties. So a record of the error is sent, and on the other side
 * an error is made of it that can do what the original could: the same class where both sides know it, the same name,
 * message, properties, cause and stack.
 */

import { types } from "node:util";
import { show } from "@asyncio-ts/contextvars";
import { explainClosure } from "./compile-inline.ts";
import { brandsOf, classNameOf, isNativeName } from "./error-classes.ts";
import { describe, readProperty, toSendable } from "./sendable.ts";

export { fromRecord } from "./rebuild-error.ts";

/** Something that was thrown, or that an error holds; can be cloned. Those of a cycle form a cycle. */
export type ThrownRecord =
  | ErrorRecord
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "list"; readonly items: ThrownRecord[] };

/** An error. */
export interface ErrorRecord {
  readonly kind: "error";
  /** By which both sides know its class; `null` if they do not. */
  readonly className: string | null;
  /** Of all its classes that have one: what its `instanceof` looks at. */
  readonly brands: readonly string[];
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly properties: PropertyRecord[];
}

/** A property of an error. */
export interface PropertyRecord {
  readonly key: string;
  readonly enumerable: boolean;
  readonly value: ThrownRecord;
}

/** How long a chain of causes may be. */
const depthLimit = 50;

/** The record of whatever a job has thrown. Never throws itself. */
export function toRecord(thrown: unknown): ThrownRecord {
  try {
    return record(explainClosure(thrown), new Map(), depthLimit);
  } catch {
    return record(new Error(`A job has thrown what cannot be looked at: ${describe(thrown)}`), new Map(), depthLimit);
  }
}

function record(thrown: unknown, known: Map<unknown, ThrownRecord>, depth: number): ThrownRecord {
  if (isError(thrown)) return known.get(thrown) ?? recordError(thrown, known, depth);
  if (Array.isArray(thrown) && thrown.some(isError)) return recordList(thrown, known, depth);
  if (typeof thrown === "function" || typeof thrown === "symbol") {
    if (depth === depthLimit) return record(new Error(`A job has thrown ${describe(thrown)}`), known, depth);
  }
  return { kind: "value", value: toSendable(thrown) };
}

function recordList(list: readonly unknown[], known: Map<unknown, ThrownRecord>, depth: number): ThrownRecord {
  const items: ThrownRecord[] = [];
  for (const each of list) items.push(record(each, known, depth - 1));
  return { kind: "list", items };
}

function recordError(error: Error, known: Map<unknown, ThrownRecord>, depth: number): ThrownRecord {
  if (depth <= 0) return { kind: "value", value: `[${nameOf(error)}, and so on]` };
  const found: ErrorRecord = {
    kind: "error",
    className: classNameOf(error),
    brands: brandsOf(error),
    name: nameOf(error),
    message: text(readProperty(error, "message")),
    stack: text(readProperty(error, "stack")),
    properties: [],
  };
  known.set(error, found);
  for (const key of Object.getOwnPropertyNames(error)) {
    if (key === "stack" || key === "message" || key === "name") continue;
    const { enumerable = false } = Object.getOwnPropertyDescriptor(error, key) ?? {};
    found.properties.push({ key, enumerable, value: record(readProperty(error, key), known, depth - 1) });
  }
  return found;
}

/** Also those of other realms, and those that were made without a constructor. */
function isError(value: unknown): value is Error {
  return value instanceof Error || types.isNativeError(value);
}

/** The name that the error has; if its class did not give it one, that of the class. */
function nameOf(error: Error): string {
  const name = text(readProperty(error, "name"));
  const className = error.constructor?.name;
  const isInherited = !Object.hasOwn(error, "name") && isNativeName(name);
  return isInherited && typeof className === "string" && className !== "" ? className : name;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : show(value);
}
