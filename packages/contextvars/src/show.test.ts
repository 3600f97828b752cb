import { expect, test } from "vitest";
import { show } from "./show.ts";

test("show() answers what String() does, with strings in quotes", () => {
  expect([1, null, undefined, "text", Symbol("s"), new RangeError("far")].map(show)).toEqual([
    "1",
    "null",
    "undefined",
    '"text"',
    "Symbol(s)",
    "RangeError: far",
  ]);
});

test("show() answers something where String() throws", () => {
  const broken = {
    toString(): string {
      throw new Error("broken");
    },
  };
  expect([Object.create(null), broken].map(show)).toEqual(["[object Object]", "[object Object]"]);
});
