import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import { VirtualLoop } from "../test/virtual-loop.ts";
import { printException } from "./exception-handler.ts";

let printed: MockInstance<typeof console.error>;

beforeEach(() => {
  printed = vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => {
  printed.mockRestore();
});

describe("printException()", () => {
  test("prints the message, and the exception itself, whose cause and stack the console shows", () => {
    const exception = new Error("why", { cause: new Error("and why that") });

    printException({ message: "what", exception });

    expect(printed.mock.calls).toEqual([["what", exception]]);
    expect(printed.mock.calls[0]?.[1]).toBe(exception);
  });

  test("prints an exception that is undefined", () => {
    printException({ message: "what", exception: undefined });

    expect(printed.mock.calls).toEqual([["what", undefined]]);
  });

  test("prints the message alone where there is no exception", () => {
    printException({ message: "what" });

    expect(printed.mock.calls).toEqual([["what"]]);
  });

  test("prints whatever else is known, a line each", () => {
    const handle = new VirtualLoop().callSoon(function fetchPage() {});

    printException({ message: "what", handle, url: "https://example.com", attempts: 3 });

    expect(printed.mock.calls).toEqual([["what\nhandle: <Handle fetchPage()>\nurl: https://example.com\nattempts: 3"]]);
  });

  test("prints where the thing concerned was made", () => {
    printException({ message: "what", createdAt: "    at main (file.ts:1:1)" });

    expect(printed.mock.calls).toEqual([["what\ncreated at:\n    at main (file.ts:1:1)"]]);
  });

  test("leaves out what is undefined", () => {
    printException({ message: "what", createdAt: undefined, detail: undefined });

    expect(printed.mock.calls).toEqual([["what"]]);
  });

  test("prints after the failure of a handler what the handler was given", () => {
    const [failure, original] = [new Error("broken handler"), new Error("original")];

    printException({
      message: "Unhandled error in exception handler",
      exception: failure,
      context: { message: "original message", exception: original },
    });

    expect(printed.mock.calls).toEqual([
      ["Unhandled error in exception handler", failure],
      ["original message", original],
    ]);
  });
});
