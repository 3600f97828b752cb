import { expect, test } from "vitest";
import type { Figure } from "../figure.ts";
import type { PageTurns, WayFigures } from "./page-turns.ts";
import { pageTurnsTable } from "./page-turns-table.ts";

const figure = (value: number): Figure => ({ value, spread: 0 });

const figures: WayFigures = {
  step: figure(7650),
  messageMedian: figure(0.4),
  messageP99: { value: 1.1, spread: 0.3 },
  timer: figure(1.2),
  frame: figure(16.67),
  key: figure(1.7),
  nativeMessage: figure(2.5),
  beside: figure(970),
};

test("pageTurnsTable() has a line for each way, and says where no event came at all", () => {
  const starving = { ...figures, messageMedian: null, messageP99: null, timer: null, nativeMessage: null };
  const ways = { message: figures, "user-blocking": starving } as unknown as PageTurns["ways"];
  const lines = pageTurnsTable({ browser: "Chromium 1", ways }).split("\n");
  const [head, , message, blocking] = lines.map((line) => line.split("|").map((cell) => cell.trim()));
  expect(head?.[1]).toBe("a turn of a page, Chromium 1");
  expect(message?.slice(1, -1)).toEqual(["a message", "7,650", "0.4", "~1.1", "1.2", "1.7", "16.7", "2.5", "970"]);
  const none = "none came";
  expect(blocking?.slice(2, -1)).toEqual(["7,650", none, none, none, "1.7", "16.7", none, "970"]);
});
