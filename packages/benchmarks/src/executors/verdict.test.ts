import { expect, test } from "vitest";
import type { Figures } from "./contest.ts";
import { type ExecutorRow, executorRow } from "./rows.ts";
import { judgePool } from "./verdict.ts";

const row = (unit: ExecutorRow["unit"], target: ExecutorRow["target"]): ExecutorRow => ({
  ...executorRow("thread-64"),
  unit,
  target,
});

const figures = (values: Record<string, number>): Figures =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, spread: 0 }]));

test("judgePool() compares rates upwards and durations downwards", () => {
  const measured = figures({ "asyncio-ts": 20, piscina: 10 });
  expect(judgePool(row("jobs/s", { times: 2, of: "piscina" }), measured)).toMatchObject({ ratio: 2, met: true });
  expect(judgePool(row("jobs/s", { times: 2.1, of: "piscina" }), measured)).toMatchObject({ ratio: 2, met: false });
  expect(judgePool(row("ms", { times: 1, of: "piscina" }), measured)).toMatchObject({ ratio: 0.5, met: false });
});

test("judgePool() takes the best of the pools of others, but neither what is written by hand nor another language", () => {
  const measured = figures({ "asyncio-ts": 20, raw: 100, cpython: 100, piscina: 10, tinypool: 40 });
  expect(judgePool(row("jobs/s", { times: 1, of: "best" }), measured)).toMatchObject({ ratio: 0.5, met: false });
  expect(judgePool(row("ms", { times: 0.5, of: "best" }), measured)).toMatchObject({ ratio: 0.5, met: true });
});

test("judgePool() holds a figure against its limit", () => {
  expect(judgePool(row("ms", { atMost: 10 }), figures({ "asyncio-ts": 10 }))).toMatchObject({ ratio: null, met: true });
  expect(judgePool(row("ms", { atMost: 9 }), figures({ "asyncio-ts": 10 }))).toMatchObject({ met: false });
});

test("judgePool() has nothing to say without a target, or without whom it compares with", () => {
  expect(judgePool(row("ms", null), figures({ "asyncio-ts": 1 }))).toBeNull();
  expect(judgePool(row("ms", { times: 1, of: "best" }), figures({ "asyncio-ts": 1 }))).toBeNull();
});
