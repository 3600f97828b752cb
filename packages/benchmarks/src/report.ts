import { mkdirSync, writeFileSync } from "node:fs";
import type { Prices } from "./contest.ts";
import type { Figures } from "./executors/contest.ts";
import { figuresTables } from "./executors/figures-table.ts";
import { type Growth, growthTable } from "./growth.ts";
import type { Hosts } from "./hosts/contest.ts";
import { hostsTable } from "./hosts/hosts-table.ts";
import type { PageTurns } from "./hosts/page-turns.ts";
import { pageTurnsTable } from "./hosts/page-turns-table.ts";
import { type Machine, machineLine } from "./machine.ts";
import { type Memory, memoryTable } from "./memory.ts";
import { pricesTable } from "./prices-table.ts";
import type { RowName } from "./rows.ts";
import { type TenMillion, tenMillionTable } from "./ten-million.ts";

/** What one call of the command has measured. */
export interface Report {
  readonly machine: Machine;
  readonly rounds: number;
  readonly prices: ReadonlyMap<RowName, Prices>;
  /** Of the rows of executors. */
  readonly figures: ReadonlyMap<string, Figures>;
  readonly memory: Memory | null;
  readonly growth: Growth | null;
  readonly hosts: Hosts | null;
  readonly pageTurns: PageTurns | null;
  readonly tenMillion: TenMillion | null;
}

const results = new URL("../results/", import.meta.url);

export function showReport(report: Report): string {
  const { memory, growth, hosts, pageTurns, tenMillion } = report;
  const parts = [
    report.prices.size === 0 ? null : pricesTable(report.prices),
    report.figures.size === 0 ? null : figuresTables(report.figures),
    memory && memoryTable(memory),
    growth && growthTable(growth),
    hosts && hostsTable(hosts),
    pageTurns && pageTurnsTable(pageTurns),
    tenMillion && tenMillionTable(tenMillion),
    `${machineLine(report.machine)} · medians of ${report.rounds} rounds; ~ marks what differed much between them`,
  ];
  return parts.filter((part) => part !== null).join("\n\n");
}

/** Write the report for programs, and, if it is to be kept, for readers. */
export function writeReport(report: Report, options: { readonly keep: boolean }): void {
  mkdirSync(results, { recursive: true });
  const json = { ...report, prices: Object.fromEntries(report.prices), figures: Object.fromEntries(report.figures) };
  writeFileSync(new URL("latest.json", results), `${JSON.stringify(json, null, 2)}\n`);
  if (!options.keep) return;
  const { node, processor, cores } = report.machine;
  const name = `${subjectOf(report)}node-${node.slice(1)}-${processor}-${cores}-cores`
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, "-");
  writeFileSync(new URL(`${name}.md`, results), `# Benchmarks\n\n${showReport(report)}\n`);
}

/** What the name of a kept file begins with: what is measured apart from the rest is kept apart as well. */
export function subjectOf({ prices, figures, hosts, pageTurns }: Report): string {
  if (prices.size > 0) return "";
  if (figures.size > 0) return "executors-";
  if (hosts !== null) return "hosts-";
  return pageTurns === null ? "" : "page-turns-";
}
