import { types } from "node:util";

/** How deep an object is copied that cannot be cloned as it is. */
const depthLimit = 6;

/** How many entries of each object are. */
const widthLimit = 100;

/**
 * `value`, or as much of it as can be cloned: what is in the properties of errors must not keep the error from crossing.
 *
 * Functions, symbols and the like become a text that says what they were. What a thread may be sent but a process may not
 * counts as neither.
 */
export function toSendable(value: unknown, depth: number = depthLimit): unknown {
  if (isPrimitive(value)) return typeof value === "symbol" ? String(value) : value;
  if (canBeCloned(value)) return value;
  if (typeof value === "function" || types.isProxy(value) || depth === 0) return describe(value);
  if (Array.isArray(value)) return value.slice(0, widthLimit).map((each) => toSendable(each, depth - 1));
  return copyOf(value as object, depth - 1);
}

/** Whether `value` can be cloned as it is. */
export function canBeCloned(value: unknown): boolean {
  if (isPrimitive(value)) return typeof value !== "symbol";
  try {
    process.getBuiltinModule("node:v8").serialize(value); // loaded when it is needed: it delays the start of a worker
    return true;
  } catch {
    return false;
  }
}

/** What an error says; where it goes on to show the whole of what could not be cloned, that is left out. */
export function firstLineOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n", 1)[0] as string;
}

/** In words. */
export function describe(value: unknown): string {
  if (typeof value === "function") return `[Function: ${value.name === "" ? "anonymous" : value.name}]`;
  if (typeof value === "symbol") return String(value);
  try {
    return Object.prototype.toString.call(value);
  } catch {
    return "[object]";
  }
}

function isPrimitive(value: unknown): boolean {
  return value === null || (typeof value !== "object" && typeof value !== "function");
}

function copyOf(value: object, depth: number): unknown {
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value).slice(0, widthLimit)) {
    const entry = toSendable(readProperty(value, key), depth);
    Object.defineProperty(copy, key, { value: entry, enumerable: true, configurable: true, writable: true });
  }
  return copy;
}

/** What a property holds; in words why not, where its getter throws. */
export function readProperty(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch (error) {
    return `[Getter threw ${describe(error)}]`;
  }
}
