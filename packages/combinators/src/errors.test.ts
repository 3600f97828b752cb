import { expect, test } from "vitest";
import { TimeoutError } from "./errors.ts";

test("TimeoutError is an Error that is recognised across copies of the package", () => {
  const error = new TimeoutError("too late");
  expect(error).toBeInstanceOf(Error);
  expect([error.name, error.message, String(error)]).toEqual(["TimeoutError", "too late", "TimeoutError: too late"]);
  const ofAnotherCopy = Object.assign(new Error(), { [Symbol.for("asyncio-ts.TimeoutError")]: true });
  expect(ofAnotherCopy).toBeInstanceOf(TimeoutError);
  expect(new Error()).not.toBeInstanceOf(TimeoutError);
});
