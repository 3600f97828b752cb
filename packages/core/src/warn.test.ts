import { afterEach, describe, expect, test, vi } from "vitest";
import { warn } from "./warn.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("warn()", () => {
  test("goes the way of Node's own warnings, with its category for a type", () => {
    const emitted = vi.spyOn(process, "emitWarning").mockImplementation(() => {});

    warn("the server was never closed", "ResourceWarning");

    expect(emitted.mock.calls).toEqual([["the server was never closed", "ResourceWarning"]]);
  });

  test.each([
    ["no process", undefined],
    ["a process that cannot warn", {}],
  ])("goes to the console where there is %s", (_, process) => {
    const printed = vi.spyOn(console, "warn").mockImplementation(() => {});
    vi.stubGlobal("process", process);

    warn("the server was never closed", "ResourceWarning");

    expect(printed.mock.calls).toEqual([["ResourceWarning: the server was never closed"]]);
  });
});
