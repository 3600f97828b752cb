import { expect, test } from "vitest";
import { median, spread } from "./statistics.ts";

test("median() takes the middle value, the lower one of two", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 2, 3])).toBe(2);
});

test("median() refuses an empty list", () => {
  expect(() => median([])).toThrow(RangeError);
});

test("spread() is the width of the middle half as a part of the median", () => {
  expect(spread([10, 10, 10, 10, 10])).toBe(0);
  expect(spread([1, 8, 10, 12, 90])).toBeCloseTo(0.4);
});
