import { show } from "@asyncio-ts/contextvars";
import { perThread } from "./per-thread.ts";

const marks = perThread("transfers.1", () => ({ lists: new WeakMap<object, readonly object[]>(), isUsed: false }));

/**
 * Let `value` be moved, not copied, as an argument or as the result of a job. Afterwards it is empty on this side.
 *
 * Holds for the next time that `value` itself is an argument or a result. A process has memory of its own: there it is
 * copied all the same. A `SharedArrayBuffer` is shared between threads without this.
 *
 * @param list - What to move out of `value`, which then may be any object. By default `value`: an `ArrayBuffer`, or a view
 * of one, a `MessagePort`, or a stream.
 * @returns `value`.
 * @throws {TypeError} `value` is not an object, or cannot be moved and there is no `list`.
 *
 * @example
 * const image = new Uint8Array(1_000_000);
 * transfer(image) === image // => true
 */
export function transfer<T extends object>(value: T, list: readonly object[] = [whole(value)]): T {
  if (typeof value !== "object" || value === null)
    throw new TypeError(`transfer() needs an object, not ${show(value)}`);
  if (!Array.isArray(list)) throw new TypeError(`transfer() needs an array of what to move, not ${show(list)}`);
  marks.lists.set(value, list);
  marks.isUsed = true;
  return value;
}

const none: object[] = [];

/** What `values` are to be moved with, each once; the marks are gone then. Not to be changed. */
export function takeTransfers(values: readonly unknown[]): object[] {
  if (!marks.isUsed) return none;
  const found = new Set<object>();
  for (const value of values) {
    if (typeof value !== "object" || value === null) continue;
    for (const each of marks.lists.get(value) ?? none) found.add(each);
    marks.lists.delete(value);
  }
  return found.size === 0 ? none : [...found];
}

/** What has to be moved for `value` to be. */
function whole(value: unknown): object {
  if (ArrayBuffer.isView(value)) return value.buffer;
  if (value instanceof ArrayBuffer || value instanceof MessagePort || isStream(value)) return value;
  throw new TypeError(`transfer() needs a list of what to move out of ${show(value)}`);
}

function isStream(value: unknown): value is object {
  return value instanceof ReadableStream || value instanceof WritableStream || value instanceof TransformStream;
}
