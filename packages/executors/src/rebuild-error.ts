import { show } from "@asyncio-ts/contextvars";
import { warn } from "@asyncio-ts/core";
import { makeError, type Revive, reviverOf } from "./error-classes.ts";
import type { ErrorRecord, PropertyRecord, ThrownRecord } from "./error-record.ts";
import { RemoteError } from "./errors.ts";
import { readProperty } from "./sendable.ts";

/** What is known on this side of an error that comes from the other. */
export interface RebuildOptions {
  /** The stack of whoever submitted the job. */
  readonly submittedAt?: string | undefined;
}

/** What was thrown, of its record: a new error each time. Never throws itself, whatever the classes of the program do. */
export function fromRecord(record: ThrownRecord, options: RebuildOptions = {}): unknown {
  const thrown = withoutStacks(() => rebuildOrStandIn(record));
  const { submittedAt } = options;
  if (record.kind === "error" && submittedAt !== undefined) {
    const stack = `${(thrown as Error).stack}\n    --- submitted at ---\n${submittedAt}`;
    define(thrown as Error, "stack", stack, false);
  }
  return thrown;
}

/** Call `f`, in which no error looks for its stack: it is given another one, and to look is most of what an error costs. */
function withoutStacks<T>(f: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return f();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function rebuildOrStandIn(record: ThrownRecord): unknown {
  try {
    return rebuild(record, new Map());
  } catch (mistake) {
    const { name, message } = record.kind === "error" ? record : { name: "Error", message: "Something was thrown" };
    warn(`An error ${name} of a job cannot be made again here: ${show(mistake)}`, "RuntimeWarning");
    const error = new RemoteError(message);
    define(error, "name", name, false);
    return error;
  }
}

function rebuild(record: ThrownRecord, known: Map<ThrownRecord, unknown>): unknown {
  if (record.kind === "value") return record.value;
  const existing = known.get(record);
  if (existing !== undefined) return existing;
  if (record.kind === "error") return rebuildError(record, known);
  const list: unknown[] = [];
  known.set(record, list);
  for (const each of record.items) list.push(rebuild(each, known));
  return list;
}

function rebuildError(record: ErrorRecord, known: Map<ThrownRecord, unknown>): unknown {
  const { className, name, message, stack, properties } = record;
  const revive = reviverOf(className);
  const found = revive !== undefined || className === null ? null : makeError(className, name, message);
  const error = found ?? makeUnknown(record, revive !== undefined);
  known.set(record, error);
  if (readProperty(error, "name") !== name) define(error, "name", name, false);
  define(error, "stack", withoutOwnFrames(stack), false);
  for (const { key, enumerable, value } of properties) define(error, key, rebuild(value, known), enumerable);
  return revive === undefined ? error : revived(error, revive, record, known);
}

function revived(error: Error, revive: Revive, record: ErrorRecord, known: Map<ThrownRecord, unknown>): Error {
  try {
    const made = revive(error as Error & Record<string, unknown>);
    define(made, "stack", error.stack, false);
    known.set(record, made);
    return made;
  } catch (mistake) {
    // Whoever waits for the job has to be told of its error all the same.
    warn(`The revive() of the registered error ${record.className} has thrown: ${show(mistake)}`, "RuntimeWarning");
    return error;
  }
}

/** Stands for an error whose class is not known here: `instanceof` of a branded class holds all the same. */
function makeUnknown({ message, brands }: ErrorRecord, isPlain: boolean): Error {
  if (isPlain) return new Error(message);
  const error = new RemoteError(message);
  for (const brand of brands) Object.defineProperty(error, Symbol.for(brand), { value: true });
  return error;
}

/** Assigning would run setters, of `__proto__` for one. */
function define(error: Error, key: PropertyRecord["key"], value: unknown, enumerable: boolean): void {
  Object.defineProperty(error, key, { value, enumerable, configurable: true, writable: true });
}

/** What stack traces call the worker's own code; the script that embeds it says so. */
const workerFile = "asyncio-ts:worker";

/** What the worker itself does, below the job, is of no interest; nor is what Node does below that. */
function withoutOwnFrames(stack: string): string {
  const lines = stack.split("\n");
  const end = lines.findIndex((line) => line.includes(workerFile));
  return end < 0 ? stack : lines.slice(0, end).join("\n");
}
