import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { answerOf } from "./child.ts";
import { showNumber, table } from "./table.ts";

interface Lateness {
  readonly median: number;
  readonly p99: number;
}

/** What `processes/hosts.ts` measures: nanoseconds, and milliseconds. */
interface HostFigures {
  readonly turn: number;
  readonly drain: number;
  readonly idle: Lateness;
  readonly busy: Lateness;
}

/** By the name of the runtime. */
export type Hosts = Readonly<Record<string, HostFigures>>;

/** Of what `pnpm test:platforms` has downloaded. */
const downloads = fileURLToPath(new URL("../../../.platforms/", import.meta.url));

const runtimes: readonly { readonly name: string; readonly command: string; readonly flags: readonly string[] }[] = [
  { name: `this Node, ${process.versions.node}`, command: process.execPath, flags: [] },
  ...[22, 24, 26].map((version) => ({
    name: `Node ${version}`,
    command: `${downloads}Node ${version}/node_modules/node-${process.platform}-${process.arch}/bin/node`,
    flags: [],
  })),
  { name: "Bun", command: `${downloads}Bun/node_modules/bun/bin/bun.exe`, flags: [] },
  { name: "Deno", command: `${downloads}Deno/node_modules/.bin/deno`, flags: ["run", "-A"] },
];

/** Measure the host of each runtime that is there. */
export async function measureHosts(): Promise<Hosts> {
  const program = fileURLToPath(new URL("./processes/hosts.js", import.meta.url));
  const hosts: Record<string, HostFigures> = {};
  for (const { name, command, flags } of runtimes) {
    if (existsSync(command)) hosts[name] = await answerOf<HostFigures>({ command, args: [...flags, program] });
  }
  return hosts;
}

/** A line for each runtime; the last column is how much later I/O is at worst than with an idle loop. */
export function hostsTable(hosts: Hosts): string {
  const head = [
    "host",
    "a turn, ns",
    "a native step, ns",
    "I/O, idle loop: p99, ms",
    "I/O, 1,000 tasks spin: p50, ms",
    "p99, ms",
    "p99 busy : idle",
  ];
  const body = Object.entries(hosts).map(([name, { turn, drain, idle, busy }]) => [
    name,
    showNumber(turn),
    showNumber(drain),
    idle.p99.toFixed(2),
    busy.median.toFixed(2),
    busy.p99.toFixed(2),
    (busy.p99 / idle.p99).toFixed(1),
  ]);
  return table(head, body);
}
