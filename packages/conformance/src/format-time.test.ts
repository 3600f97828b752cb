import { describe, expect, test } from "vitest";
import { formatTime } from "./format-time.ts";

describe("formatTime()", () => {
  test.each([
    [0, "0"],
    [1, "1"],
    [1.5, "1.5"],
    [0.1 + 0.2, "0.3"],
    [1234.5, "1234.5"],
    [124691, "124691"],
    [999_999.4, "999999"],
    [999_999.5, "1e+06"],
    [1_124_690.6, "1.12469e+06"],
    [1e100, "1e+100"],
    [0.0001, "0.0001"],
    [0.000_011_25, "1.125e-05"],
  ])("formats %d as C's %%g does", (time, formatted) => {
    expect(formatTime(time)).toBe(formatted);
  });
});
