import { expect, test } from "vitest";
import type { Price } from "./contest.ts";
import { judge } from "./verdict.ts";

const price = (nanoseconds: number): Price => ({ nanoseconds, spread: 0 });

test("judge() compares with the floor, and meets a limit that is reached exactly", () => {
  const prices = { promises: price(50), generator: price(60), native: price(500) };
  expect(judge("switch", "generator", prices)).toMatchObject({ ratio: 1.2, limit: 1.2, met: true });
  expect(judge("switch", "native", prices)).toMatchObject({ ratio: 10, limit: 8, met: false });
});

test("judge() compares eager tasks with Effect, which runs what is synchronous at once too", () => {
  const prices = { promises: price(100), effect: price(200), generator: price(300) };
  expect(judge("gather-eager", "generator", prices)).toMatchObject({ of: "effect", ratio: 1.5, met: true });
});

test("judge() of a row without a limit tells the ratio alone", () => {
  const prices = { promises: price(100), generator: price(150) };
  expect(judge("drain", "generator", prices)).toMatchObject({ ratio: 1.5, limit: null, met: null });
});

test("judge() of what was not measured is null", () => {
  expect(judge("switch", "native", { promises: price(50) })).toBeNull();
  expect(judge("switch", "native", { native: price(50) })).toBeNull();
});
