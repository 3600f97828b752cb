import { expect, test } from "vitest";
import type { Figure } from "../figure.ts";
import type { HostFigures } from "./contest.ts";
import { hostsTable, judgeHost } from "./hosts-table.ts";

const figure = (value: number): Figure => ({ value, spread: 0 });

function figuresWith(idle: number, busy: number): HostFigures {
  const lateness = (p99: number) => ({ median: figure(p99 / 2), p99: figure(p99) });
  return { turn: { value: 84.56, spread: 0.3 }, drain: figure(720), idle: lateness(idle), busy: lateness(busy) };
}

const cellsOf = (line: string | undefined): string[] | undefined => line?.split("|").map((cell) => cell.trim());

test("judgeHost() asks for less than 3 ms in all but one of a hundred times, and tells how much more that is than idle", () => {
  expect(judgeHost(figuresWith(0.5, 2.5))).toEqual({ ratio: 5, met: true });
  expect(judgeHost(figuresWith(0.5, 3))).toEqual({ ratio: 6, met: false });
});

test("hostsTable() has a line for each host, with the verdict and a mark for what differs between rounds", () => {
  const [, , node, deno] = hostsTable({ Node: figuresWith(0.16, 1.2), Deno: figuresWith(0.5, 11) }).split("\n");
  expect(cellsOf(node)).toEqual([
    "",
    "Node",
    "~84.6",
    "720",
    "0.08",
    "0.16",
    "0.6",
    "1.2 = 7.5 × idle (below 3: met)",
    "",
  ]);
  expect(cellsOf(deno)?.at(-2)).toBe("11 = 22 × idle (below 3: NOT met)");
});

test("hostsTable() has a dash where native bodies cannot run, and names what this machine has not", () => {
  const [, , thread, page] = hostsTable({ thread: { ...figuresWith(1, 2), drain: null }, page: null }).split("\n");
  expect(cellsOf(thread)?.slice(1, 5)).toEqual(["thread", "~84.6", "–", "0.5"]);
  expect(cellsOf(page)).toEqual(["", "page", "skipped", "–", "–", "–", "–", "–", ""]);
});
