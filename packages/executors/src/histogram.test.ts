import { describe, expect, test } from "vitest";
import { Histogram } from "./histogram.ts";

describe("Histogram", () => {
  test("summary() of none is zeros", () => {
    expect(new Histogram().summary()).toEqual({ count: 0, mean: 0, max: 0, p50: 0, p90: 0, p99: 0 });
  });

  test("summary() is exact within a tenth", () => {
    const histogram = new Histogram();
    for (let n = 1; n <= 1_000; n++) histogram.record(n, 1);
    const { count, mean, max, p50, p90, p99 } = histogram.summary();
    expect([count, mean, max]).toEqual([1_000, 500.5, 1_000]);
    for (const [found, exact] of [
      [p50, 500],
      [p90, 900],
      [p99, 990],
    ] as const) {
      expect(Math.abs(found - exact) / exact).toBeLessThan(0.1);
    }
  });

  test("record() counts many of a length, and bears the extremes", () => {
    const histogram = new Histogram();
    histogram.record(0, 10);
    histogram.record(1e12, 1);
    expect(histogram.summary()).toMatchObject({ count: 11, max: 1e12 });
    expect(histogram.summary().p50).toBeLessThan(0.001);
  });
});
