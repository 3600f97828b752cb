import { CancelledError, TimeoutError } from "@asyncio-ts/tasks";
import { describe, expect, test } from "vitest";
import { ExceptionGroup } from "./exception-group.ts";
import { insertTimeoutError, timeoutError } from "./timeout-error.ts";

const maker = { timeoutError: (cause: CancelledError) => timeoutError("work", 5, cause) };

describe("timeoutError()", () => {
  test("says how long, without the noise of a sum of a clock and a delay", () => {
    const cause = new CancelledError();
    const messages = [5, 0.1 + 0.2, 12345.678 + 5 - 12345.678, 1e-5, 0, -2].map(
      (allowed) => timeoutError("work", allowed, cause).message,
    );
    expect(messages).toEqual([
      "work() timed out after 5 s",
      "work() timed out after 0.3 s",
      "work() timed out after 5 s",
      "work() timed out after 0.00001 s",
      "work() timed out after 0 s",
      "work() was given a deadline 2 s ago",
    ]);
    expect(timeoutError("work", 1, cause).cause).toBe(cause);
  });
});

describe("insertTimeoutError()", () => {
  test("takes the place of the first CancelledError among the causes", () => {
    const cancellation = new CancelledError(new CancelledError("further down"));
    const error = new Error("own", { cause: cancellation });
    insertTimeoutError(error, maker);
    expect(error.cause).toBeInstanceOf(TimeoutError);
    expect((error.cause as Error).cause).toBe(cancellation);
    expect(Object.keys(error)).toEqual([]);
  });

  test("explains a group and each of its errors, one level deep", () => {
    const inner = new Error("inner", { cause: new CancelledError() });
    const deeper = new Error("deeper", { cause: new CancelledError() });
    const group = new ExceptionGroup("group", [inner, new ExceptionGroup("nested", [deeper])]);
    group.cause = new CancelledError();
    insertTimeoutError(group, maker);
    expect(group.cause).toBeInstanceOf(TimeoutError);
    expect(inner.cause).toBeInstanceOf(TimeoutError);
    expect(deeper.cause).toBeInstanceOf(CancelledError);
  });

  test("leaves alone what has no such cause, is frozen, no error, or goes round in a ring", () => {
    const frozen = Object.freeze(new Error("frozen", { cause: new CancelledError() }));
    const ring = new Error("ring");
    ring.cause = new Error("other", { cause: ring });
    for (const error of [new Error("own"), frozen, ring, { cause: new CancelledError() }, null, "text"]) {
      const causeBefore = (error as Error | null)?.cause;
      insertTimeoutError(error, maker);
      expect((error as Error | null)?.cause).toBe(causeBefore);
    }
  });
});
