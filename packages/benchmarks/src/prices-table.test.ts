import { expect, test } from "vitest";
import { pricesTable } from "./prices-table.ts";

test("pricesTable() shows each contestant, a dash for who is missing, and whether the limits are met", () => {
  const prices = {
    promises: { nanoseconds: 50, spread: 0.1 },
    generator: { nanoseconds: 55, spread: 0.5 },
    native: { nanoseconds: 600, spread: 0 },
  };
  const [, , row] = pricesTable(new Map([["switch", prices]])).split("\n");
  expect(row?.split("|").map((cell) => cell.trim())).toEqual([
    "",
    "switch: 1,000 tasks, sleep(0) in turn",
    "50",
    "–",
    "–",
    "–",
    "–",
    "~55 = 1.1 × floor (at most 1.2: met)",
    "600 = 12 × floor (at most 8: NOT met)",
    "",
  ]);
});
