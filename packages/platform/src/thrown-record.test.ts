import { LookupError, RuntimeError } from "@asyncio-ts/contextvars";
import { CancelledError } from "@asyncio-ts/tasks";
import { describe, expect, test } from "vitest";
import { DeadlockError } from "./errors.ts";
import { recordOf, thrownOf } from "./thrown-record.ts";

/** As another thread gets it. */
const sent = (thrown: unknown): unknown => thrownOf(structuredClone(recordOf(thrown)));

describe("recordOf() and thrownOf()", () => {
  test.each([new RangeError("r"), new RuntimeError("r"), new LookupError("l"), new CancelledError("why")])(
    "keep the class of %s, and what it holds",
    (error) => {
      const got = sent(error) as Error;
      expect(got.constructor).toBe(error.constructor);
      expect(got).toEqual(error);
      expect(got.stack).toBe(error.stack);
    },
  );

  test("keep the properties of a class that is not known, and its name", () => {
    class NotFound extends TypeError {
      override readonly name = "NotFound";
      readonly code = "ENOENT";
      readonly retry = (): void => {};
    }
    const got = sent(new NotFound("no such file"));
    expect(got).toBeInstanceOf(TypeError);
    expect(got).toMatchObject({ name: "NotFound", message: "no such file", code: "ENOENT" });
    expect(typeof (got as NotFound).retry).toBe("string");
  });

  test("let a class with private members be known by its brand", () => {
    const got = sent(new DeadlockError([]));
    expect(got).toBeInstanceOf(DeadlockError);
    expect(got).toBeInstanceOf(RuntimeError);
    expect(got).toMatchObject({ name: "DeadlockError" });
  });

  test("keep a DOMException, as of a fetch that was aborted", () => {
    const got = sent(new DOMException("gone", "AbortError"));
    expect(got).toBeInstanceOf(DOMException);
    expect(got).toMatchObject({ name: "AbortError", message: "gone" });
  });

  test("keep errors within errors, also in a circle", () => {
    const cause = new RangeError("cause");
    const error = new AggregateError([cause, 1], "several", { cause });
    cause.cause = error;
    const got = sent(error) as AggregateError;
    expect(got).toBeInstanceOf(AggregateError);
    expect(got.errors).toEqual([expect.any(RangeError), 1]);
    expect(got.cause).toBe(got.errors[0]);
    expect((got.cause as Error).cause).toBe(got);
  });

  test("keep what is no error, and make a text of what cannot be cloned", () => {
    expect(sent({ a: [1] })).toEqual({ a: [1] });
    expect(typeof sent(() => {})).toBe("string");
  });
});
