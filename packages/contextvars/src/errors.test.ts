import { expect, test } from "vitest";
import { LookupError, RuntimeError } from "./errors.ts";

test.each([
  ["RuntimeError", RuntimeError],
  ["LookupError", LookupError],
])("%s is an error with that name, a message and a cause", (name, ErrorClass) => {
  const cause = new Error("why");
  const error = new ErrorClass("what", { cause });

  expect(error).toBeInstanceOf(Error);
  expect(error).toBeInstanceOf(ErrorClass);
  expect(String(error)).toBe(`${name}: what`);
  expect(error.cause).toBe(cause);
});

test("RuntimeError and LookupError are two kinds", () => {
  expect(new RuntimeError()).not.toBeInstanceOf(LookupError);
  expect(new LookupError()).not.toBeInstanceOf(RuntimeError);
});
