import { describe, expect, test } from "vitest";
import { postedWord, wordCount } from "../protocol.ts";
import { Spin } from "./spin.ts";

/** A worker whose next batch comes so many milliseconds after the last result, if it spins and if it sleeps. */
function simulate(costs: { spin: number; sleep: number }) {
  const words = new Int32Array(wordCount);
  let now = 0;
  const spin = new Spin(words, () => now);
  const wait = (): "spin" | "sleep" => {
    words[postedWord] = 1; // whoever looks finds it
    const way = spin.hasMore(0) ? "spin" : "sleep";
    now += costs[way];
    spin.noteArrival();
    return way;
  };
  return {
    costs,
    shareOfSpins: (waits: number) => Array.from({ length: waits }, wait).filter((way) => way === "spin").length / waits,
  };
}

describe("Spin", () => {
  test("hasMore() spins nearly always, where that is faster than to sleep", () => {
    const { shareOfSpins } = simulate({ spin: 0.005, sleep: 0.05 });
    shareOfSpins(1_000);
    expect(shareOfSpins(10_000)).toBeGreaterThan(0.97);
  });

  test("hasMore() hardly ever spins, where that is slower", () => {
    const { shareOfSpins } = simulate({ spin: 0.2, sleep: 0.05 });
    shareOfSpins(1_000);
    expect(shareOfSpins(10_000)).toBeLessThan(0.03);
  });

  test("hasMore() hardly ever spins, where that makes no difference", () => {
    const { shareOfSpins } = simulate({ spin: 30, sleep: 30 });
    shareOfSpins(1_000);
    expect(shareOfSpins(10_000)).toBeLessThan(0.03);
  });

  test("hasMore() gives up spinning soon, once it has become slower, and comes back to it", () => {
    const { costs, shareOfSpins } = simulate({ spin: 0.005, sleep: 0.05 });
    shareOfSpins(50_000);
    costs.spin = 0.5;
    expect(shareOfSpins(1_000)).toBeLessThan(0.1);
    costs.spin = 0.005;
    shareOfSpins(50_000);
    expect(shareOfSpins(10_000)).toBeGreaterThan(0.97);
  });

  test("hasMore() answers whether a batch was posted, or has not come within the time that it looks", () => {
    const words = new Int32Array(wordCount);
    const spin = new Spin(words);
    expect(spin.hasMore(0)).toBe(false);
    words[postedWord] = 1;
    expect(spin.hasMore(0)).toBe(true);
    expect(spin.hasMore(1)).toBe(false);
  });
});
