import { describe, expect, test } from "vitest";
import { cancellationOf } from "./cancellation-of.ts";
import { CancelledError } from "./errors.ts";

function abortError(cause: unknown): Error {
  return Object.assign(new Error("The operation was aborted", { cause }), { name: "AbortError" });
}

describe("cancellationOf()", () => {
  const error = new CancelledError("enough");

  test("is a CancelledError itself, whether or not it was asked for", () => {
    expect(cancellationOf(error, 0)).toBe(error);
  });

  test("is what an AbortError was caused by, if that is a CancelledError", () => {
    expect(cancellationOf(abortError(error), 0)).toBe(error);
    expect(cancellationOf(abortError(new Error("other")), 1)).toBe(null);
    expect(cancellationOf(new Error("caused", { cause: error }), 1)).toBe(null);
  });

  test("is the first of those that Promise.any() has collected, if a cancellation was asked for", () => {
    const another = new CancelledError();
    expect(cancellationOf(new AggregateError([error, another]), 1)).toBe(error);
    expect(cancellationOf(new AggregateError([error, another]), 0)).toBe(null);
    expect(cancellationOf(new AggregateError([error, new Error("failed")]), 1)).toBe(null);
    expect(cancellationOf(new AggregateError([]), 1)).toBe(null);
  });

  test("is null for anything else that was thrown", () => {
    for (const thrown of [null, undefined, 5, "AbortError", new Error("AbortError")]) {
      expect(cancellationOf(thrown, 1)).toBe(null);
    }
  });
});
