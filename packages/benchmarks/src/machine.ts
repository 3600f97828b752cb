import { createRequire } from "node:module";
import { cpus, totalmem } from "node:os";
import { type Python, pythonWithUvloop } from "./pythons.ts";

/** What a measurement was made on; nothing that would name the machine or its user. */
export interface Machine {
  readonly node: string;
  readonly platform: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly effect: string;
  readonly python: string;
  readonly uvloop: string;
  readonly date: string;
}

export function describeMachine(pythons: readonly Python[]): Machine {
  const withUvloop = pythonWithUvloop(pythons);
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    effect: versionOfEffect(),
    python: pythons[0]?.version ?? "not found",
    uvloop: withUvloop === undefined ? "not found" : `${withUvloop.uvloop} on Python ${withUvloop.version}`,
    date: new Date().toISOString().slice(0, 10),
  };
}

export function machineLine(machine: Machine): string {
  return [
    `Node ${machine.node}`,
    `Effect ${machine.effect}`,
    `CPython ${machine.python}`,
    `uvloop ${machine.uvloop}`,
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}`,
    machine.date,
  ].join(" · ");
}

function versionOfEffect(): string {
  const require = createRequire(import.meta.url);
  return (require("effect/package.json") as { version: string }).version;
}
