import { parseArgs } from "node:util";
import { measureRow, type Prices } from "./contest.ts";
import { type Figures, measureExecutorRow } from "./executors/contest.ts";
import { executorRows } from "./executors/rows.ts";
import { measureGrowth } from "./growth.ts";
import { measureHosts } from "./hosts/contest.ts";
import { measurePageTurns } from "./hosts/page-turns.ts";
import { describeMachine } from "./machine.ts";
import { measureMemory } from "./memory.ts";
import { findPythons } from "./pythons.ts";
import { type Report, showReport, writeReport } from "./report.ts";
import { isRowName, type RowName, rows } from "./rows.ts";
import { runTenMillion } from "./ten-million.ts";

/** What can be measured beside the rows. */
const others = ["memory", "growth", "hosts", "page-turns", "ten-million"] as const;

/** The rows of executors, all of them by one name: they take as long as everything else together. */
const executors = "executors";

const usage = `Usage: pnpm bench [NAME …] [--rounds N] [--keep]
  NAME      ${[...Object.keys(rows), ...others].join(", ")}; by default the rows, memory and growth
            ${executors}, or some of ${Object.keys(executorRows).join(", ")}
  --rounds  how often every contestant has its turn in a row; by default 5
  --keep    write the tables to results/ under the name of this machine as well, to be committed`;

interface Wishes {
  readonly rowNames: readonly RowName[];
  readonly executorRowNames: readonly string[];
  readonly others: ReadonlySet<string>;
  readonly rounds: number;
  readonly keep: boolean;
}

/** `pnpm bench`: measure, print, write down. Answers the exit code. */
export async function runCommand(args: readonly string[]): Promise<number> {
  let wishes: Wishes;
  try {
    wishes = readWishes(args);
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    return 2;
  }
  const report = await measure(wishes);
  console.log(`\n${showReport(report)}`);
  writeReport(report, wishes);
  return 0;
}

/** @throws {Error} The arguments make no sense. */
export function readWishes(args: readonly string[]): Wishes {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { rounds: { type: "string", default: "5" }, keep: { type: "boolean", default: false } },
  });
  const unknown = positionals.find((name) => !isKnown(name));
  if (unknown !== undefined) throw new RangeError(`There is nothing to measure by the name of '${unknown}'`);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError(`Cannot measure ${values.rounds} rounds`);
  const names = positionals.length > 0 ? positionals : [...Object.keys(rows), "memory", "growth"];
  const executorRowNames = Object.keys(executorRows).filter(
    (name) => names.includes(executors) || names.includes(name),
  );
  return { rowNames: names.filter(isRowName), executorRowNames, others: new Set(names), rounds, keep: values.keep };
}

function isKnown(name: string): boolean {
  return name === executors || name in executorRows || isRowName(name) || others.some((other) => other === name);
}

async function measure({ rowNames, executorRowNames, others: wanted, rounds }: Wishes): Promise<Report> {
  const pythons = await findPythons();
  const prices = new Map<RowName, Prices>();
  for (const row of rowNames) {
    console.error(`measuring ${row} …`);
    prices.set(row, await measureRow(row, rounds, pythons));
  }
  const figures = new Map<string, Figures>();
  for (const row of executorRowNames) {
    console.error(`measuring ${row} …`);
    figures.set(row, await measureExecutorRow(row, rounds, pythons[0]));
  }
  const ifWanted = async <T>(name: (typeof others)[number], measureIt: () => Promise<T>): Promise<T | null> => {
    if (!wanted.has(name)) return null;
    console.error(`measuring ${name} …`);
    return await measureIt();
  };
  return {
    machine: describeMachine(pythons),
    rounds,
    prices,
    figures,
    memory: await ifWanted("memory", () => measureMemory(pythons)),
    growth: await ifWanted("growth", measureGrowth),
    hosts: await ifWanted("hosts", () => measureHosts(rounds)),
    pageTurns: await ifWanted("page-turns", () => measurePageTurns(rounds)),
    tenMillion: await ifWanted("ten-million", runTenMillion),
  };
}
