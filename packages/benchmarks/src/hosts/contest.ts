import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Child, nodeChild } from "../child.ts";
import { type Figure, figureOf } from "../figure.ts";
import { takeTurns } from "../take-turns.ts";
import type { HostAnswer } from "./answer.ts";
import type { Lateness } from "./lateness.ts";
import { findBrowser } from "./page.ts";
import type { HostSample } from "./sample.ts";

/** What a host costs in nanoseconds, and how late it lets others be, in milliseconds. */
export interface HostFigures {
  readonly turn: Figure;
  readonly drain: Figure | null;
  readonly idle: LatenessFigures;
  readonly busy: LatenessFigures;
}

type LatenessFigures = { readonly [Name in keyof Lateness]: Figure };

/** By the name of the host and of what it runs on; `null` for what this machine has not. */
export type Hosts = Readonly<Record<string, HostFigures | null>>;

interface Contestant {
  readonly name: string;
  /** `null` if this machine cannot run it. */
  readonly child: Child | null;
}

/** Of what `pnpm test:platforms` has downloaded. */
const downloads = fileURLToPath(new URL("../../../../.platforms/", import.meta.url));

/** Measure the hosts that can run here, each in a process of its own. */
export async function measureHosts(rounds: number): Promise<Hosts> {
  const all = contestants();
  const children = all.flatMap(({ child }) => child ?? []);
  const answers = await takeTurns<HostAnswer>(children, rounds);
  return Object.fromEntries(
    all.map(({ name, child }) => {
      const own = child === null ? [] : (answers.get(child) ?? []);
      const [first] = own;
      if (first === undefined) return [name, null];
      return [`${name} ${first.version}`, figuresOf(own.map(({ sample }) => sample))];
    }),
  );
}

function contestants(): Contestant[] {
  const own = process.versions.node.split(".")[0];
  const others = ["20", "22", "24", "26"].filter((version) => version !== own);
  return [
    { name: "NodeHost, Node", child: nodeChild("hosts") },
    ...others.map(downloadedNode),
    { name: "BunHost, Bun", child: downloaded("Bun", "bun/bin/bun.exe") },
    { name: "DenoHost, Deno", child: downloaded("Deno", ".bin/deno", "run", "-A") },
    { name: "BlockingHost, a thread of Node", child: nodeChild("hosts-blocking") },
    { name: "WebHost, a page of Chromium", child: page("chromium") },
    { name: "WebHost, a page of Firefox", child: page("firefox") },
    { name: "WebHost, Node", child: nodeChild("hosts", "web") },
  ];
}

function downloadedNode(version: string): Contestant {
  const name = `node-${process.platform}-${process.arch}`;
  const child = downloaded(`Node ${version}`, `${name}/bin/node`);
  return { name: child === null ? `NodeHost, Node ${version}` : "NodeHost, Node", child };
}

function downloaded(runtime: string, binary: string, ...flags: readonly string[]): Child | null {
  const command = `${downloads}${runtime}/node_modules/${binary}`;
  return existsSync(command) ? { command, args: [...flags, ...nodeChild("hosts").args] } : null;
}

function page(browser: "chromium" | "firefox"): Child | null {
  return findBrowser(browser) === null ? null : nodeChild("hosts-page", browser);
}

function figuresOf(samples: readonly HostSample[]): HostFigures {
  const figure = (read: (sample: HostSample) => number): Figure => figureOf(samples.map(read));
  return {
    turn: figure(({ turn }) => turn),
    drain: samples[0]?.drain === null ? null : figure(({ drain }) => drain ?? Number.NaN),
    idle: latenessFigures(samples.map(({ idle }) => idle)),
    busy: latenessFigures(samples.map(({ busy }) => busy)),
  };
}

function latenessFigures(rounds: readonly Lateness[]): LatenessFigures {
  return { median: figureOf(rounds.map(({ median }) => median)), p99: figureOf(rounds.map(({ p99 }) => p99)) };
}
