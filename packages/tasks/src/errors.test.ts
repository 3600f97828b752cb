import { describe, expect, test } from "vitest";
import { CancelledError, InvalidStateError, TimeoutError } from "./errors.ts";

describe("CancelledError", () => {
  test("new CancelledError() has neither message nor reason nor cause", () => {
    for (const error of [new CancelledError(), new CancelledError(undefined), new CancelledError(null)]) {
      expect([error.message, error.reason, "cause" in error]).toEqual(["", undefined, false]);
    }
  });

  test("new CancelledError(reason) keeps the reason as it is, and shows it as the message", () => {
    const reasons = ["text", "", 5, 0, false, Symbol("s"), { some: "object" }];
    expect(reasons.map((reason) => new CancelledError(reason).message)).toEqual([
      "text",
      "",
      "5",
      "0",
      "false",
      "Symbol(s)",
      "[object Object]",
    ]);
    for (const reason of reasons) expect(new CancelledError(reason).reason).toBe(reason);
  });

  test("new CancelledError(error) has the error as its cause", () => {
    const reason = new RangeError("boom");
    expect(new CancelledError(reason)).toMatchObject({ message: "boom", reason, cause: reason });
  });

  test("new CancelledError() survives a reason that cannot be shown as a string", () => {
    expect(new CancelledError(Object.create(null)).message).toBe("[object Object]");
  });

  test("errors are errors, and are named", () => {
    for (const [error, name] of [
      [new CancelledError("why"), "CancelledError"],
      [new InvalidStateError("why"), "InvalidStateError"],
    ] as const) {
      expect(error).toBeInstanceOf(Error);
      expect([error.name, String(error)]).toEqual([name, `${name}: why`]);
    }
    expect(new InvalidStateError("why")).not.toBeInstanceOf(CancelledError);
  });
});

test("TimeoutError is an Error that is recognised across copies of the package", () => {
  const error = new TimeoutError("too late");
  expect(error).toBeInstanceOf(Error);
  expect([error.name, error.message, String(error)]).toEqual(["TimeoutError", "too late", "TimeoutError: too late"]);
  const ofAnotherCopy = Object.assign(new Error(), { [Symbol.for("asyncio-ts.TimeoutError")]: true });
  expect(ofAnotherCopy).toBeInstanceOf(TimeoutError);
  expect(new Error()).not.toBeInstanceOf(TimeoutError);
});
