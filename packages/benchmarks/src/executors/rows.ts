import type { PoolKind } from "./pool.ts";
import type { Workload } from "./workloads.ts";

/** `raw` is what a program would write by hand that uses no pool. */
export type PeerName = "asyncio-ts" | "raw" | LibraryPool | "cpython";

/** The pools of others. `-tuned` has the settings that its documentation recommends for many small jobs. */
export type LibraryPool = (typeof libraryPools)[number];

export const libraryPools = [
  "piscina",
  "piscina-tuned",
  "tinypool",
  "tinypool-tuned",
  "workerpool",
  "poolifier",
  "jest-worker",
] as const;

/** What is asked of our pool. */
export type PoolTarget =
  /** So many times as good as another, or as the best of `libraryPools`. */
  | { readonly times: number; readonly of: LibraryPool | "best" }
  /** A figure, in the unit of the row. */
  | { readonly atMost: number };

/** One line of the table: what a pool is put to. */
export interface ExecutorRow {
  readonly title: string;
  readonly kind: PoolKind;
  readonly workers: number;
  readonly unit: "jobs/s" | "ms" | "bytes";
  readonly workload: Workload;
  readonly target: PoolTarget | null;
  /** Processes that compute beside it, for as long as it takes. */
  readonly rivals?: number;
  /** Whether arguments are bytes. */
  readonly binary?: boolean;
  /** Those that take part, if not all that can. */
  readonly only?: readonly PeerName[];
}

/** Not behind: a twentieth cannot be told from noise. */
const even = 0.95;

const ofPiscina = (times: number): PoolTarget => ({ times, of: "piscina" });
const ofTinypool = (times: number): PoolTarget => ({ times, of: "tinypool" });

/** The rows, in order; the targets are those of the design. */
export const executorRows: Readonly<Record<string, ExecutorRow>> = {
  "thread-one": {
    title: "one at a time, 1 worker",
    ...rate(1, ofPiscina(5), 1),
  },
  "thread-one-2": { title: "one at a time, 2 workers", ...rate(1, ofPiscina(5)) },
  "thread-one-busy": {
    title: "one at a time, 2 workers, 2 processes computing beside it",
    ...rate(1, ofPiscina(1)),
    rivals: 2,
  },
  "thread-64-1": { title: "64 in flight, 1 worker", ...rate(64, null, 1) },
  "thread-64": { title: "64 in flight, 2 workers", ...rate(64, ofPiscina(10)) },
  "thread-1000-1": { title: "1,000 in flight, 1 worker", ...rate(1_000, null, 1) },
  "thread-1000": { title: "1,000 in flight, 2 workers", ...rate(1_000, ofPiscina(20)) },
  "thread-burst": {
    title: "100,000 at once, 2 workers",
    ...threads("jobs/s", { kind: "burst", jobs: 100_000 }, null),
  },
  "thread-clone": { title: "1 MiB cloned, one at a time", ...bytes("clone", 1) },
  "thread-clone-4": { title: "1 MiB cloned, 4 in flight", ...bytes("clone", 4) },
  "thread-move": { title: "1 MiB transferred, one at a time", ...bytes("move", 1) },
  "thread-start": { title: "start 2 workers", ...threads("ms", { kind: "start" }, ofPiscina(even)) },
  "thread-fib": {
    title: "200 × fibonacci(27)",
    ...threads("ms", { kind: "fibonacci", jobs: 200, of: 27 }, { times: even, of: "best" }),
  },
  "thread-mix": {
    title: "1 job of 200 ms among 1,000 tiny ones: p99 of these",
    ...threads("ms", { kind: "mix", tiny: 1_000, isSame: false }, ofPiscina(5)),
  },
  "thread-mix-same": {
    title: "the same, all of one function",
    ...threads("ms", { kind: "mix", tiny: 1_000, isSame: true }, ofPiscina(5)),
  },
  "thread-idle": { title: "idle for 1 s: CPU time", ...threads("ms", { kind: "idle" }, { atMost: 10 }) },
  "thread-timer": {
    title: "5 ms timer of a worker, 64 in flight: worst lateness",
    ...threads("ms", { kind: "timer", lanes: 64 }, { atMost: 10 }, 1),
  },
  "thread-timer-one": {
    title: "the same, one at a time",
    ...threads("ms", { kind: "timer", lanes: 1 }, { atMost: 10 }, 1),
  },
  "thread-heap": {
    title: "heap growth over 1,000,000 jobs",
    ...threads("bytes", { kind: "heap", jobs: 1_000_000 }, { atMost: 1 << 18 }),
    only: ["asyncio-ts"],
  },
  "thread-queued": {
    title: "heap of one queued job of 100,000",
    ...threads("bytes", { kind: "queued", jobs: 100_000 }, { atMost: 500 }),
  },
  "process-one": { title: "one at a time, 1 worker", ...processRate(1, null, 1) },
  "process-64": { title: "64 in flight, 2 workers", ...processRate(64, ofTinypool(10)) },
  "process-1000": { title: "1,000 in flight, 2 workers", ...processRate(1_000, ofTinypool(10)) },
  "process-clone": {
    title: "1 MiB cloned, 4 in flight",
    ...processes("jobs/s", { kind: "bytes", how: "clone", lanes: 4 }, null),
    binary: true,
  },
  "process-start": { title: "start 2 workers", ...processes("ms", { kind: "start" }, ofTinypool(even)) },
  "process-fib": {
    title: "200 × fibonacci(27)",
    ...processes("ms", { kind: "fibonacci", jobs: 200, of: 27 }, { times: even, of: "best" }),
  },
  "process-mix": {
    title: "1 job of 200 ms among 1,000 tiny ones: p99 of these",
    ...processes("ms", { kind: "mix", tiny: 1_000, isSame: false }, ofTinypool(5)),
  },
  "process-idle": { title: "idle for 1 s: CPU time", ...processes("ms", { kind: "idle" }, { atMost: 10 }) },
  "process-timer": {
    title: "5 ms timer of a worker, 64 in flight: worst lateness",
    ...processes("ms", { kind: "timer", lanes: 64 }, { atMost: 10 }, 1),
  },
};

export function executorRow(name: string): ExecutorRow {
  const row = executorRows[name];
  if (row === undefined) throw new RangeError(`There is no row '${name}'`);
  return row;
}

type Essence = Pick<ExecutorRow, "kind" | "workers" | "unit" | "workload" | "target">;

function threads(unit: ExecutorRow["unit"], workload: Workload, target: PoolTarget | null, workers = 2): Essence {
  return { kind: "threads", workers, unit, workload, target };
}

function processes(unit: ExecutorRow["unit"], workload: Workload, target: PoolTarget | null, workers = 2): Essence {
  return { kind: "processes", workers, unit, workload, target };
}

function rate(lanes: number, target: PoolTarget | null, workers = 2): Essence {
  return threads("jobs/s", { kind: "rate", lanes }, target, workers);
}

function processRate(lanes: number, target: PoolTarget | null, workers = 2): Essence {
  return processes("jobs/s", { kind: "rate", lanes }, target, workers);
}

function bytes(how: "clone" | "move", lanes: number): Essence & { binary: true } {
  return { ...threads("jobs/s", { kind: "bytes", how, lanes }, null), binary: true };
}
