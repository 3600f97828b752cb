import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { collectGarbage } from "../collect-garbage.ts";
import { median } from "../statistics.ts";
import type { Pool } from "./pool.ts";

/** What a pool is put to. */
export type Workload =
  /** So many awaiters, each of which submits its next job when it has the result of the last: jobs per second. */
  | { readonly kind: "rate"; readonly lanes: number }
  /** So many jobs submitted at once: jobs per second. */
  | { readonly kind: "burst"; readonly jobs: number }
  /** As `rate`, with 1 MiB. */
  | { readonly kind: "bytes"; readonly how: "clone" | "move"; readonly lanes: number }
  /** From the constructor to the first result of each worker: milliseconds. */
  | { readonly kind: "start" }
  | { readonly kind: "fibonacci"; readonly jobs: number; readonly of: number }
  /** One long job in the middle of tiny ones, all submitted at once: the 99th percentile of what the tiny ones took. */
  | { readonly kind: "mix"; readonly tiny: number; readonly isSame: boolean }
  | { readonly kind: "idle" }
  | { readonly kind: "timer"; readonly lanes: number }
  | { readonly kind: "heap"; readonly jobs: number }
  | { readonly kind: "queued"; readonly jobs: number };

const warmUp = 300; // milliseconds
const measured = 500;
const mebibyte = 1 << 20;

/** Answers a figure in the unit of the row. */
export async function runWorkload(workload: Workload, open: () => Pool): Promise<number> {
  if (workload.kind === "start") return medianOf(5, () => startOnce(open));
  const pool = open();
  await flood(pool, 64, warmUp);
  if (workload.kind === "rate") return flooded(pool, workload.lanes, incrementAll(pool));
  if (workload.kind === "bytes") return flooded(pool, workload.lanes, sendBytes(pool, workload.how));
  if (workload.kind === "burst")
    return medianOf(3, async () => (workload.jobs / (await burst(pool, workload.jobs))) * 1_000);
  if (workload.kind === "fibonacci") {
    const once = (): Promise<number> => fibonacciOnce(pool, workload.jobs, workload.of);
    await medianOf(3, once); // V8 compiles for some time what a flood of tiny jobs has not made hot
    return medianOf(5, once);
  }
  if (workload.kind === "mix") return medianOf(3, () => mixOnce(pool, workload.tiny, workload.isSame));
  if (workload.kind === "idle") return idle();
  if (workload.kind === "timer") return timer(pool, workload.lanes);
  if (workload.kind === "heap") return heapGrowth(pool, workload.jobs);
  return queuedJob(pool, workload.jobs);
}

type RunOnce = (n: number) => PromiseLike<unknown>;

async function flooded(pool: Pool, lanes: number, once: RunOnce): Promise<number> {
  await flood(pool, lanes, warmUp, once);
  return await flood(pool, lanes, measured, once);
}

/** Keep `lanes` jobs in flight; answers how many have ended per second. */
async function flood(pool: Pool, lanes: number, milliseconds: number, once = incrementAll(pool)): Promise<number> {
  const began = performance.now();
  let isOver = false;
  let count = 0;
  const timer = setTimeout(() => {
    isOver = true;
  }, milliseconds);
  const lane = async (): Promise<void> => {
    for (let n = 0; !isOver; n++) {
      await once(n);
      count++;
      // A pool that never lets the event loop turn would flood for ever.
      if ((count & 1_023) === 0 && performance.now() - began > milliseconds) isOver = true;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  clearTimeout(timer);
  return (count / (performance.now() - began)) * 1_000;
}

function incrementAll(pool: Pool): RunOnce {
  return async (n) => {
    check(await pool.run("increment", n), n + 1);
  };
}

function sendBytes(pool: Pool, how: "clone" | "move"): RunOnce {
  const bytes = new Uint8Array(mebibyte);
  return async () => {
    if (how === "clone") return check(await pool.run("sizeOf", bytes), mebibyte);
    if (pool.runMoving === undefined) throw new Error("This pool cannot move a buffer");
    check(await pool.runMoving("sizeOf", new ArrayBuffer(mebibyte)), mebibyte);
  };
}

async function burst(pool: Pool, jobs: number): Promise<number> {
  const began = performance.now();
  const results = await Promise.all(Array.from({ length: jobs }, (_, n) => pool.run("increment", n)));
  const took = performance.now() - began;
  for (const [n, result] of results.entries()) check(result, n + 1);
  return took;
}

async function startOnce(open: () => Pool): Promise<number> {
  const began = performance.now();
  const pool = open();
  await Promise.all([pool.run("increment", 1), pool.run("increment", 2)]);
  const took = performance.now() - began;
  await Promise.race([pool.close(), pause(500)]); // some never say that they have ended
  return took;
}

async function fibonacciOnce(pool: Pool, jobs: number, of: number): Promise<number> {
  const began = performance.now();
  const results = await Promise.all(Array.from({ length: jobs }, () => pool.run("fibonacci", of)));
  const took = performance.now() - began;
  for (const result of results) check(result, 196_418);
  return took;
}

async function mixOnce(pool: Pool, tiny: number, isSame: boolean): Promise<number> {
  const durations: number[] = [];
  const runTiny = async (): Promise<void> => {
    const began = performance.now();
    if (isSame) check(await pool.run("busy", 0), 0);
    else check(await pool.run("increment", 0), 1);
    durations.push(performance.now() - began);
  };
  const half = (): Promise<void>[] => Array.from({ length: tiny / 2 }, runTiny);
  await Promise.all(half());
  durations.length = 0;
  await Promise.all([...half(), pool.run("busy", 200), ...half()]);
  return durations.sort((a, b) => a - b)[Math.ceil(tiny * 0.99) - 1] as number;
}

async function idle(): Promise<number> {
  await pause(500);
  const before = processorTime();
  await pause(1_000);
  return processorTime() - before;
}

/** Of this process, its threads, and its children where the system tells; in milliseconds. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000 + timeOfChildren();
}

function timeOfChildren(): number {
  if (process.platform !== "linux") return 0;
  let ticks = 0;
  for (const id of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const [parent, user, system] = statOf(id);
    if (parent === process.pid) ticks += (user ?? 0) + (system ?? 0);
  }
  return ticks * 10;
}

/** The parent of a process and what it has used, in ticks of 10 ms. */
function statOf(id: string): number[] {
  try {
    const fields = readFileSync(`/proc/${id}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return [fields[1], fields[11], fields[12]].map(Number);
  } catch {
    return []; // it has ended
  }
}

async function timer(pool: Pool, lanes: number): Promise<number> {
  await flood(pool, lanes, warmUp);
  await pool.run("startTicking", 0);
  await flood(pool, lanes, 1_000);
  return (await pool.run("worstLateness", 0)) as number;
}

async function heapGrowth(pool: Pool, jobs: number): Promise<number> {
  await flood(pool, 1_000, 1_000);
  const before = await heapUsed();
  for (let left = jobs; left > 0; left -= 10_000) await burst(pool, 10_000);
  return (await heapUsed()) - before;
}

/** Measured before the pool has had a chance to send anything: all are queued. */
async function queuedJob(pool: Pool, jobs: number): Promise<number> {
  const results: PromiseLike<unknown>[] = new Array(jobs).fill(null);
  const before = await heapUsed();
  for (let n = 0; n < jobs; n++) results[n] = pool.run("increment", n);
  collectGarbage();
  const { heapUsed: after, external } = process.memoryUsage();
  check(await results[jobs - 1], jobs);
  return (after + external - before) / jobs;
}

async function heapUsed(): Promise<number> {
  await pause(50); // what watches for things that are dropped holds them for a moment
  collectGarbage();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function medianOf(times: number, once: () => Promise<number>): Promise<number> {
  const figures: number[] = [];
  while (figures.length < times) figures.push(await once());
  return median(figures);
}

function check(answer: unknown, expected: number): void {
  if (answer !== expected) throw new Error(`A job answered ${String(answer)}, not ${expected}`);
}
