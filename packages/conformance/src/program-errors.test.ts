import { CancelledError, ExceptionGroup, InvalidStateError, RuntimeError, TimeoutError } from "asyncio-ts";
import { describe, expect, test } from "vitest";
import { E1, E2, isCaughtBy, makeError, showError } from "./program-errors.ts";

describe("isCaughtBy()", () => {
  test.each([
    ["E1", new E1("x"), new E2("x")],
    ["CancelledError", new CancelledError(), new E1("x")],
    ["TimeoutError", new TimeoutError(), new E1("x")],
    ["ValueError", new RangeError(), new TypeError()],
    ["ExceptionGroup", new ExceptionGroup("x", [new E2("y")]), new E1("x")],
    ["Exception", new E1("x"), new CancelledError()],
  ])("%s catches its own kind only", (name, own, other) => {
    expect(isCaughtBy([name], own)).toBe(true);
    expect(isCaughtBy([name], other)).toBe(false);
  });

  test("BaseException catches everything", () => {
    expect(isCaughtBy(["BaseException"], new CancelledError())).toBe(true);
    expect(isCaughtBy(["BaseException"], new E1("x"))).toBe(true);
  });

  test("any of several names catches", () => {
    expect(isCaughtBy(["E1", "E2"], new E2("x"))).toBe(true);
    expect(isCaughtBy([], new E2("x"))).toBe(false);
  });
});

describe("showError()", () => {
  const show = (value: unknown): string => showError(value as Error, show);

  test.each([
    ["E1(x)", new E1("x")],
    ["CancelledError(stop)", new CancelledError("stop")],
    ["CancelledError()", new CancelledError()],
    ["InvalidStateError()", new InvalidStateError("not shown")],
    ["RuntimeError()", new RuntimeError("not shown")],
    ["TimeoutError()", new TimeoutError("not shown")],
    ["ValueError()", new RangeError("not shown")],
    ["Exception()", makeError("Exception", "not shown")],
    [
      "ExceptionGroup[E1(x), ExceptionGroup[E2(y)]]",
      new ExceptionGroup("both", [new E1("x"), new ExceptionGroup("one", [new E2("y")])]),
    ],
  ])("shows %s as Python's trace does", (shown, error) => {
    expect(show(error)).toBe(shown);
  });
});
