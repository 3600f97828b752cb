import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareItems } from "./compare-items.ts";

describe("compareItems()", () => {
  test.each<[unknown, unknown, number]>([
    [1, 2, -1],
    [2, 1, 1],
    [0, -0, 0],
    [-Infinity, 5n, -1],
    [2n, 1.5, 1],
    [2n, 2, 0],
    ["a", "b", -1],
    ["a", "B", 1],
    ["b", "ab", 1],
    ["", "", 0],
    [[1, "b"], [1, "a"], 1],
    [[1, "b"], [2, "a"], -1],
    [[1], [1, 0], -1],
    [[], [], 0],
    [[1, [2, 3]], [1, [2, 4]], -1],
  ])("orders %s and %s", (a, b, expected) => {
    expect(Math.sign(compareItems(a, b))).toBe(expected);
    expect(Math.sign(compareItems(b, a))).toBe(-expected + 0);
  });

  test("does not look at what follows a difference, nor into the very same object", () => {
    const data = {};
    expect(compareItems([1, data], [2, null])).toBeLessThan(0);
    expect(compareItems([1, data, 1], [1, data, 2])).toBeLessThan(0);
  });

  test.each<[unknown, unknown, string]>([
    [1, "1", 'Cannot compare 1 with "1"; give the queue a compare function'],
    [[1], 1, "Cannot compare an array with 1; give the queue a compare function"],
    [{}, {}, "Cannot compare [object Object] with [object Object]; give the queue a compare function"],
    [null, null, "Cannot compare null with null; give the queue a compare function"],
    [[1, {}], [1, {}], "Cannot compare [object Object] with [object Object]; give the queue a compare function"],
    [true, 1, "Cannot compare true with 1; give the queue a compare function"],
  ])("refuses %s with %s", (a, b, message) => {
    expect(() => compareItems(a, b)).toThrow(new TypeError(message));
  });

  test("refuses NaN, wherever it comes", () => {
    for (const [a, b] of [[Number.NaN, 1] as const, [1, Number.NaN] as const, [[Number.NaN], [1]] as const]) {
      expect(() => compareItems(a, b)).toThrow(new RangeError("Cannot compare NaN with anything"));
    }
  });

  test("is a total order of what it accepts", () => {
    const item = fc.array(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.bigInt({ min: 0n, max: 3n })), { maxLength: 3 });
    fc.assert(
      fc.property(item, item, item, (a, b, c) => {
        expect(Math.sign(compareItems(a, b)) + Math.sign(compareItems(b, a))).toBe(0);
        fc.pre(compareItems(a, b) <= 0 && compareItems(b, c) <= 0);
        expect(compareItems(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});
