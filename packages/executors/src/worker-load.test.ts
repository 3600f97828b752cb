import { describe, expect, test } from "vitest";
import { WorkerLoad } from "./worker-load.ts";

/** How many jobs of `expected` milliseconds a worker may have. */
function capacity(kind: "process" | "thread", expected: number): number {
  const load = new WorkerLoad(kind);
  let count = 1; // whoever has none gets any
  while (load.fits(count, (count + 1) * expected)) count++;
  return count;
}

/** With how many jobs left of those that it may have, a worker gets more. */
function lowAt(kind: "process" | "thread", expected: number): number {
  const load = new WorkerLoad(kind);
  const weights = Array.from({ length: capacity(kind, expected) }, () => load.add(expected));
  for (const weight of weights) {
    if (load.isLow) break;
    load.remove(weight);
  }
  return load.count;
}

describe("WorkerLoad", () => {
  test.each([
    ["nothing is known of", Number.POSITIVE_INFINITY, 1, 2],
    ["of 20 ms", 20, 1, 2],
    ["of 4 ms", 4, 2, 2],
    ["of 1 ms", 1, 8, 2],
    ["of 0.125 ms", 0.125, 8, 8],
    ["of 0.0625 ms", 0.0625, 16, 16],
    ["of 1 µs", 0.001, 256, 256],
  ])("jobs %s", (_, expected, inProcess, inThread) => {
    expect([capacity("process", expected), capacity("thread", expected)]).toEqual([inProcess, inThread]);
  });

  test("gets more once half of what it may hold is done", () => {
    expect([0.001, 0.0625, 1, 4].map((expected) => lowAt("process", expected))).toEqual([128, 8, 4, 1]);
    expect([0.001, 0.0625, 1, 4].map((expected) => lowAt("thread", expected))).toEqual([128, 8, 1, 1]);
  });

  test("behind a job of which nothing is known no other fits in a process; once it is gone, it weighs nothing", () => {
    const load = new WorkerLoad("process");
    const unknown = load.add(Number.POSITIVE_INFINITY);
    expect(load.fits(1, load.time + 0)).toBe(false);
    load.add(0.1);
    load.remove(unknown);
    expect(load.time).toBeCloseTo(0.1);
  });
});
