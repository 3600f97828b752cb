import { answerOf, type Child, nodeChild, pythonChild } from "../child.ts";
import { type Figure, figureOf } from "../figure.ts";
import type { Python } from "../pythons.ts";
import { type ExecutorRow, executorRow, libraryPools, type PeerName } from "./rows.ts";

/** What a pool has reached in one row, in the unit of the row. */
export type Figures = { readonly [Name in PeerName]?: Figure };

const peers: readonly PeerName[] = ["asyncio-ts", "raw", ...libraryPools, "cpython"];

/** What these pools have no way to do, or no notion of. */
const cannot: Partial<Record<PeerName, readonly ExecutorRow["workload"]["kind"][]>> = {
  "piscina-tuned": ["start", "idle", "queued"], // not different
  "tinypool-tuned": ["start", "idle", "queued"],
  cpython: ["idle", "timer", "queued", "heap"],
};

/** What is measured once in a run, rather than counted for a while, has so many times the rounds: one says little. */
const moreRounds = 3;

/** Measure one row: every pool in a process of its own, in turns, so that a machine that gets slower slows all of them. */
export async function measureExecutorRow(name: string, rounds: number, python?: Python): Promise<Figures> {
  const row = executorRow(name);
  const children = peers
    .filter((peer) => takesPart(peer, row))
    .map((peer) => ({ peer, child: childOf(peer, name, row, python), rounds: [] as number[] }));
  const isBrief = ["start", "fibonacci", "mix"].includes(row.workload.kind);
  for (let round = 0; round < rounds * (isBrief ? moreRounds : 1); round++) {
    for (const { child, rounds } of children) if (child !== null) rounds.push(await answerOf<number>(child));
  }
  const took = children.filter(({ rounds }) => rounds.length > 0);
  return Object.fromEntries(took.map(({ peer, rounds }) => [peer, figureOf(rounds)]));
}

function takesPart(peer: PeerName, { kind, workload, only }: ExecutorRow): boolean {
  if (only !== undefined) return only.includes(peer);
  if (peer.startsWith("piscina") && kind === "processes") return false;
  if (workload.kind === "bytes" && workload.how === "move" && (peer === "jest-worker" || peer === "cpython"))
    return false;
  return cannot[peer]?.includes(workload.kind) !== true;
}

function childOf(peer: PeerName, name: string, row: ExecutorRow, python: Python | undefined): Child | null {
  if (peer !== "cpython") return nodeChild("pool-sample", peer, name);
  const { kind, workers, workload, rivals = 0 } = row;
  if (python === undefined || rivals > 0) return null;
  return pythonChild(python.command, "executors", kind, String(workers), JSON.stringify(workload));
}
