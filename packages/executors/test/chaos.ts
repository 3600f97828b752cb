import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WorkerDied } from "../src/errors.ts";
import type { ExecutorFuture } from "../src/executor-future.ts";
import { ProcessPoolExecutor } from "../src/process-pool-executor.ts";
import { ThreadPoolExecutor } from "../src/thread-pool-executor.ts";
import { workerModule } from "../src/worker-module.ts";

const jobs = workerModule<typeof import("./fixtures/chaos-jobs.js")>(
  new URL("./fixtures/chaos-jobs.js", import.meta.url),
);

/** How long a future may take that has no reason to, in milliseconds. */
const patience = 60_000;

/** What a run of chaos has come to. */
export interface ChaosResult {
  jobs: number;
  /** How many workers were killed. */
  kills: number;
  /** Jobs that have given their result. */
  succeeded: number;
  /** Jobs that died with their worker. */
  died: number;
  /** Jobs that were aborted. */
  aborted: number;
  /** Futures that were never settled. */
  unsettled: number;
  /** Results that another job has given. */
  misdelivered: number;
  /** Jobs that were run more than once, and jobs with a result that were not run. */
  runWrongly: number;
  /** What failed otherwise. */
  unexpected: string[];
}

/** How to wreak it. */
export interface ChaosOptions {
  readonly kind: "thread" | "process";
  /** How many workers to kill. */
  readonly kills: number;
  readonly seed: number;
  readonly maxWorkers?: number;
  /** How many jobs are under way at a time. */
  readonly load?: number;
  readonly onProgress?: (result: ChaosResult) => void;
}

/**
 * Keep a pool under load while its workers are killed: by jobs that exit, at random moments by bombs that other jobs have
 * planted, by aborts without grace, and, if they are processes, by signals from outside. Then count.
 */
export async function wreakChaos(options: ChaosOptions): Promise<ChaosResult> {
  const folder = mkdtempSync(join(tmpdir(), "asyncio-ts-chaos-"));
  const chaos = new Chaos(options, join(folder, "runs"));
  try {
    return await chaos.run();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Outcome = { readonly index: number; readonly pid: number };

class Chaos {
  readonly #options: ChaosOptions;
  readonly #log: string;
  readonly #random: () => number;
  readonly #pool: ThreadPoolExecutor | ProcessPoolExecutor;
  readonly #underWay = new Set<Promise<void>>();
  readonly #succeeded: number[] = [];
  readonly #pids: number[] = [];
  #aborts = 0;
  readonly #result: ChaosResult = {
    jobs: 0,
    kills: 0,
    succeeded: 0,
    died: 0,
    aborted: 0,
    unsettled: 0,
    misdelivered: 0,
    runWrongly: 0,
    unexpected: [],
  };

  constructor(options: ChaosOptions, log: string) {
    const Pool = options.kind === "thread" ? ThreadPoolExecutor : ProcessPoolExecutor;
    this.#options = options;
    this.#log = log;
    this.#random = randomFrom(options.seed);
    this.#pool = new Pool({ maxWorkers: options.maxWorkers ?? 2, execArgv: [] });
    writeFileSync(log, "");
  }

  async run(): Promise<ChaosResult> {
    const { kills, load = 64, onProgress } = this.#options;
    while (this.#kills() < kills && this.#result.unexpected.length === 0) {
      this.#submitOne();
      if (this.#underWay.size >= load) await Promise.race(this.#underWay);
      if (this.#result.jobs % 1_000 === 0) onProgress?.({ ...this.#result, kills: this.#kills() });
    }
    await Promise.all(this.#underWay);
    this.#result.kills = this.#kills();
    await this.#pool.shutdown();
    this.#countRuns();
    return this.#result;
  }

  #kills(): number {
    return this.#pool.statistics().crashes + this.#aborts;
  }

  #submitOne(): void {
    const index = this.#result.jobs++;
    const job = this.#watch(index, this.#start(index));
    this.#underWay.add(job);
    void job.then(() => this.#underWay.delete(job));
  }

  #start(index: number): ExecutorFuture<Outcome> {
    const pool = this.#pool;
    const log = this.#log;
    const dice = this.#random();
    const ms = this.#random() * 4;
    if (dice < 0.5) return pool.submit(jobs.quick, index, log);
    if (dice < 0.7) return pool.submit(jobs.busy, index, log, ms);
    if (dice < 0.85) return pool.submit(jobs.slow, index, log, ms);
    if (dice < 0.9) return pool.submit(jobs.exit, index, log, ms);
    if (dice < 0.95) return pool.submit(jobs.plantBomb, index, log, ms * 3);
    return this.#submitAborted(index, ms);
  }

  /** Its worker is ended in the middle of it. */
  #submitAborted(index: number, ms: number): ExecutorFuture<Outcome> {
    const aborter = new AbortController();
    const settings = { signal: aborter.signal, gracePeriod: 0 };
    const future = this.#pool.submitWith(settings, jobs.busy, index, this.#log, 1_000);
    const abort = (): void => {
      if (future.running()) this.#aborts++;
      aborter.abort();
      this.#killFromOutside();
    };
    setTimeout(abort, ms);
    return future;
  }

  #killFromOutside(): void {
    const pid = this.#pids.pop();
    if (pid === undefined || pid === process.pid) return;
    try {
      process.kill(pid, this.#random() < 0.5 ? "SIGKILL" : "SIGSEGV");
    } catch {
      // it has died already
    }
  }

  async #watch(index: number, future: ExecutorFuture<Outcome>): Promise<void> {
    const result = this.#result;
    const timer = setTimeout(() => {
      result.unsettled++;
      result.unexpected.push(`Job ${index} is not settled: ${future}`);
    }, patience);
    try {
      const outcome = await future;
      result.succeeded++;
      this.#succeeded.push(index);
      this.#pids.push(outcome.pid);
      if (this.#pids.length > 8) this.#pids.shift();
      if (outcome.index !== index) result.misdelivered++;
    } catch (error) {
      this.#noteFailure(index, future, error);
    } finally {
      clearTimeout(timer);
    }
  }

  #noteFailure(index: number, future: ExecutorFuture<Outcome>, error: unknown): void {
    if (future.cancelled()) this.#result.aborted++;
    else if (error instanceof WorkerDied) this.#result.died++;
    else this.#result.unexpected.push(`Job ${index} has failed with ${error}`);
  }

  #countRuns(): void {
    const runs = new Uint32Array(this.#result.jobs);
    for (const line of readFileSync(this.#log, "utf8").split("\n")) {
      if (line !== "") (runs[Number(line)] as number) += 1;
    }
    this.#result.runWrongly = runs.filter((count) => count > 1).length;
    this.#result.runWrongly += this.#succeeded.filter((index) => runs[index] !== 1).length;
  }
}

/** Random numbers from 0 to 1, the same each time. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
