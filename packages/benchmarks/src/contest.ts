/**
 * Measures rows: every contestant runs every workload in a process of its own, the contestants take turns, several rounds.
 *
 * Why not a benchmark library: on Node 20 an enabled AsyncLocalStorage slows down every native promise of its process, so
 * neither the floor nor a peer may share a process with asyncio-ts, and Python cannot. And a machine gets slower and
 * faster while a suite runs, so a ratio is only worth something between neighbours in time: A B C A B C, not A A B B C C.
 * What is left for a library to do, warming up and taking a median, is a dozen lines.
 */

import { answerOf, type Child, nodeChild, pythonChild } from "./child.ts";
import { type Python, pythonWithUvloop } from "./pythons.ts";
import { type RowName, rows } from "./rows.ts";
import { median, spread } from "./statistics.ts";

export type ContestantName = (typeof nodeContestants)[number] | LibraryName | "asyncio" | "uvloop";

/** Libraries for a single purpose. */
export type LibraryName = (typeof libraries)[number];

const nodeContestants = ["promises", "generator", "native", "effect"] as const;

export const libraries = ["async-mutex", "p-limit", "p-queue", "p-map"] as const;

/** What one contestant needs for one operation of a row. */
export interface Price {
  /** The median of the rounds, each of which is the median of its samples. */
  readonly nanoseconds: number;
  /** How far the middle half of the rounds is apart, as a part of the median. */
  readonly spread: number;
}

export type Prices = { readonly [Name in ContestantName]?: Price };

/** Somebody who runs workloads: the process that measures one of them, or `null` if there is nothing to compare. */
interface Contestant {
  readonly name: ContestantName;
  child(row: RowName): Child | null;
}

const sampling = { node: ["5", "300"], python: ["3", "0"] } as const; // samples, milliseconds of warm-up

/** Rows that mean something only to some. */
const absent: Partial<Record<RowName, readonly ContestantName[]>> = {
  timer: ["native", "effect"], // timers know no kinds of body; Effect has none without a fiber
  "await-done": ["effect"],
  limit: ["asyncio", "uvloop"],
  map: ["asyncio", "uvloop"],
};

/** What each library is for. */
const rowsOf: Readonly<Record<LibraryName, RowName>> = {
  "async-mutex": "lock",
  "p-limit": "limit",
  "p-queue": "limit",
  "p-map": "map",
};

export async function measureRow(row: RowName, rounds: number, pythons: readonly Python[]): Promise<Prices> {
  const children = contestants(pythons).map(({ name, child }) => ({ name, child: child(row), rounds: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    for (const each of children) {
      if (each.child !== null) each.rounds.push(median(await answerOf<number[]>(each.child)) / rows[row].operations);
    }
  }
  const measured = children.filter((each) => each.rounds.length > 0);
  return Object.fromEntries(
    measured.map(({ name, rounds }) => [name, { nanoseconds: median(rounds), spread: spread(rounds) }]),
  );
}

function contestants(pythons: readonly Python[]): Contestant[] {
  const ofNode = [...nodeContestants, ...libraries].map((name) => ({
    name,
    child: (row: RowName) => (takesPart(name, row) ? nodeChild("sample", name, row, ...sampling.node) : null),
  }));
  return [...ofNode, pythonContestant("asyncio", pythons[0]), pythonContestant("uvloop", pythonWithUvloop(pythons))];
}

function takesPart(name: ContestantName, row: RowName): boolean {
  if (name in rowsOf) return rowsOf[name as LibraryName] === row;
  return !absent[row]?.includes(name);
}

function pythonContestant(name: "asyncio" | "uvloop", python: Python | undefined): Contestant {
  const canRun = (row: RowName): boolean =>
    takesPart(name, row) && (row !== "gather-eager" || hasEagerTasks(python as Python));
  return {
    name,
    child(row) {
      if (python === undefined || !canRun(row)) return null;
      return pythonChild(python.command, "contestant", row, name, String(rows[row].expected), ...sampling.python);
    },
  };
}

function hasEagerTasks({ version }: Python): boolean {
  return Number(version.split(".")[1]) >= 12;
}
