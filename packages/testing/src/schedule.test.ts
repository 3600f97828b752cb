import { describe, expect, test } from "vitest";
import { formatSchedule, holdsOf, holdsOfSeed, mix, ordinary, parseSchedule } from "./schedule.ts";

describe("parseSchedule()", () => {
  test("reads what formatSchedule() writes", () => {
    const schedule = new Map([
      [0, 1],
      [4_294_967_295, 24],
      [123_456, 7],
    ]);
    const text = formatSchedule(schedule);
    expect(text).toBe("0+1 1z141z3+24 2n9c+7");
    expect(parseSchedule(text)).toEqual(schedule);
    expect(parseSchedule("")).toEqual(new Map());
  });

  test.each(["x", "1+0", "+1", "1+", "1+1,2+2", "A+1", "1+1.5", "12345678+1"])("refuses %j", (text) => {
    expect(() => parseSchedule(text)).toThrow(RangeError);
    expect(() => parseSchedule(text)).toThrow("Cannot read the schedule");
  });
});

describe("holds", () => {
  test("of the ordinary order are none", () => {
    expect([0, 1, 2].map(ordinary)).toEqual([0, 0, 0]);
  });

  test("of a schedule are those that it names", () => {
    const holds = holdsOf(new Map([[1, 5]]));
    expect([0, 1, 2].map(holds)).toEqual([0, 5, 0]);
  });

  test("of a seed depend on seed and key alone, and differ in how many and how long they are", () => {
    const keys = Array.from({ length: 1_000 }, (_, n) => mix(n, n));
    const shapes = Array.from({ length: 100 }, (_, seed) => {
      const holds = keys.map(holdsOfSeed(seed));
      expect(keys.map(holdsOfSeed(seed))).toEqual(holds);
      return [holds.filter((hold) => hold > 0).length, Math.max(...holds)] as const;
    });
    const counts = shapes.map(([count]) => count);
    expect(Math.min(...counts)).toBeLessThan(60);
    expect(Math.max(...counts)).toBeGreaterThan(600);
    expect(new Set(shapes.map(([, longest]) => longest))).toEqual(new Set([1, 3, 8, 24]));
  });
});
