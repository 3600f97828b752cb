import { expect, test } from "vitest";
import { nameOf } from "./name-of.ts";

test("nameOf() is the name of the function", () => {
  expect(nameOf(function fetchPage() {})).toBe("fetchPage");
  expect(nameOf(class Page {} as never)).toBe("Page");
});

test("nameOf() of a function without a name says so", () => {
  expect(nameOf(() => {})).toBe("<anonymous>");
});

test("nameOf() of a bound function names what was bound", () => {
  expect(nameOf(function fetchPage() {}.bind(null))).toContain("fetchPage");
});
