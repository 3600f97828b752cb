import { describe, expect, test } from "vitest";
import type { Schedule } from "./schedule.ts";
import { shrink } from "./shrink.ts";

/** Shrinks `holds` while at least the holds of `needed` are in it; also answers how many trials that took. */
async function shrunk(size: number, needed: Schedule): Promise<[Schedule, number]> {
  let trials = 0;
  const schedule = new Map(Array.from({ length: size }, (_, key) => [key, 24]));
  const shortest = await shrink(schedule, async (candidate) => {
    trials++;
    return [...needed].every(([key, hold]) => (candidate.get(key) ?? 0) >= hold);
  });
  return [shortest, trials];
}

describe("shrink()", () => {
  test.each([
    new Map(),
    new Map([[0, 1]]),
    new Map([[99, 24]]),
    new Map([
      [3, 2],
      [50, 17],
      [98, 5],
    ]),
    new Map(Array.from({ length: 20 }, (_, n) => [n * 5, 1 + n] as const)),
  ])("finds the fewest and shortest holds: %o", async (needed) => {
    const [shortest, trials] = await shrunk(100, needed);
    expect([...shortest]).toEqual([...needed]);
    expect(trials).toBeLessThan(700);
  });

  test("answers what it was given if nothing can be spared", async () => {
    const schedule = new Map([[1, 1]]);
    expect(await shrink(schedule, async () => false)).toBe(schedule);
  });

  test("gives up after a thousand trials, with the best so far", async () => {
    const needed = new Map(Array.from({ length: 5_000 }, (_, key) => [key, 24]));
    const [shortest, trials] = await shrunk(5_000, needed);
    expect(trials).toBe(1_000);
    expect(shortest.size).toBe(5_000);
  });

  test("ends when it is told to, with the shortest schedule found by then", async () => {
    let trials = 0;
    const schedule = new Map(Array.from({ length: 100 }, (_, key) => [key, 24]));
    const fails = async (candidate: Schedule): Promise<boolean> => {
      trials++;
      return candidate.has(0);
    };
    const shortest = await shrink(schedule, fails, () => trials >= 3);
    expect([trials, shortest.has(0), shortest.size]).toEqual([3, true, 50]);
  });
});
