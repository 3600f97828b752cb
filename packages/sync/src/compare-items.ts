import { show } from "@asyncio-ts/contextvars";

/**
 * Order items as Python does: numbers by value, strings by their characters, arrays by the first elements that differ,
 * and a shorter array before a longer one that begins with it.
 *
 * @throws {TypeError} They are of different kinds, or of another one.
 * @throws {RangeError} One is NaN.
 */
export function compareItems(a: unknown, b: unknown): number {
  if (isNumber(a) && isNumber(b)) return order(a, b);
  if (typeof a === "string" && typeof b === "string") return order(a, b);
  if (Array.isArray(a) && Array.isArray(b)) return compareArrays(a, b);
  throw new TypeError(`Cannot compare ${describe(a)} with ${describe(b)}; give the queue a compare function`);
}

/** Numbers and big integers compare with each other. */
function isNumber(value: unknown): value is number {
  if (Number.isNaN(value)) throw new RangeError("Cannot compare NaN with anything");
  return typeof value === "number" || typeof value === "bigint";
}

function order<T extends number | string>(a: T, b: T): number {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}

function compareArrays(a: readonly unknown[], b: readonly unknown[]): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    // The very same object need not be comparable.
    if (a[i] === b[i]) continue;
    const result = compareItems(a[i], b[i]);
    if (result !== 0) return result;
  }
  return a.length - b.length;
}

function describe(value: unknown): string {
  return Array.isArray(value) ? "an array" : show(value);
}
