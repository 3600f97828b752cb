import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecutorFuture } from "../src/executor-future.ts";
import { ProcessPoolExecutor } from "../src/process-pool-executor.ts";
import { ThreadPoolExecutor } from "../src/thread-pool-executor.ts";
import { workerModule } from "../src/worker-module.ts";
import { type ChaosResult, type Outcome, Tally } from "./chaos-tally.ts";
import { randomFrom } from "./random.ts";

const jobs = workerModule<typeof import("./fixtures/chaos-jobs.js")>(
  new URL("./fixtures/chaos-jobs.js", import.meta.url),
);

/** How long a job may take that has no reason to, in milliseconds. */
const patience = 60_000;

const streamLength = 40;
const mapLength = 8;

/** How to wreak it. */
export interface ChaosOptions {
  readonly kind: "thread" | "process";
  /** How many workers to kill. */
  readonly kills: number;
  readonly seed: number;
  readonly maxWorkers?: number;
  /** How many things are under way at a time. */
  readonly load?: number;
  readonly onProgress?: (kills: number) => void;
}

/**
 * Keep a pool under load while its workers are killed: by jobs that exit, at random moments by bombs that other jobs have
 * planted, by aborts without grace, and, if they are processes, by signals from outside; while others end because they
 * have done enough. The load is single jobs, some of which move memory or may be run again, and maps, streams and broadcasts,
 * some of which are left. Callbacks of futures cancel jobs and submit others. Then count.
 */
export async function wreakChaos(options: ChaosOptions): Promise<ChaosResult> {
  const folder = mkdtempSync(join(tmpdir(), "asyncio-ts-chaos-"));
  const chaos = new Chaos(options, join(folder, "notes"));
  try {
    return await chaos.run();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

class Chaos {
  readonly #options: ChaosOptions;
  readonly #log: string;
  readonly #random: () => number;
  readonly #pool: ThreadPoolExecutor | ProcessPoolExecutor;
  readonly #tally = new Tally();
  readonly #underWay = new Set<Promise<void>>();
  /** Single jobs whose futures are pending, by their index. */
  readonly #pending = new Map<number, ExecutorFuture<Outcome>>();
  readonly #pids: number[] = [];

  constructor(options: ChaosOptions, log: string) {
    const Pool = options.kind === "thread" ? ThreadPoolExecutor : ProcessPoolExecutor;
    this.#options = options;
    this.#log = log;
    this.#random = randomFrom(options.seed);
    this.#pool = new Pool({
      maxWorkers: options.maxWorkers ?? 2,
      maxTasksPerChild: 12,
      initializer: jobs.begin,
      initargs: [log],
      execArgv: [],
    });
    writeFileSync(log, "");
  }

  async run(): Promise<ChaosResult> {
    const { kills, load = 64, onProgress } = this.#options;
    const { result } = this.#tally;
    for (let count = 0; this.#pool.statistics().crashes < kills && result.unexpected.length === 0; count++) {
      this.#startOne();
      if (this.#underWay.size >= load) await Promise.race(this.#underWay);
      if (count % 1_000 === 0) onProgress?.(this.#pool.statistics().crashes);
    }
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    await this.#pool.shutdown({ wait: result.unsettled === 0 });
    this.#tally.readNotes(this.#log);
    return result;
  }

  /** Settled once it is over, or given up. */
  #watch(index: number, deed: Promise<void>): void {
    const watched = new Promise<void>((resolve) => {
      const giveUp = (): void => {
        this.#tally.lose(index);
        resolve();
      };
      const timer = setTimeout(giveUp, patience);
      void deed.then(() => {
        clearTimeout(timer);
        resolve();
      });
    });
    this.#underWay.add(watched);
    void watched.then(() => this.#underWay.delete(watched));
  }

  #startOne(): void {
    const dice = this.#random();
    if (dice < 0.03) this.#map();
    else if (dice < 0.06) this.#stream();
    else if (dice < 0.07) this.#broadcast();
    else if (dice < 0.11) this.#submit((index) => this.#retried(index), 3);
    else if (dice < 0.14) this.#submitTogether();
    else this.#submit((index) => this.#single(index));
  }

  #single(index: number): ExecutorFuture<Outcome> {
    const pool = this.#pool;
    const log = this.#log;
    const dice = this.#random();
    const ms = this.#random() * 4;
    if (dice < 0.4) return pool.submit(jobs.quick, index, log);
    if (dice < 0.6) return pool.submit(jobs.busy, index, log, ms);
    if (dice < 0.75) return pool.submit(jobs.slow, index, log, ms);
    if (dice < 0.85) return this.#moved(index);
    if (dice < 0.9) return pool.submit(jobs.exit, index, log, ms);
    if (dice < 0.95) return pool.submit(jobs.plantBomb, index, log, ms * 3);
    return this.#aborted(index, ms);
  }

  #retried(index: number): ExecutorFuture<Outcome> {
    const job = this.#random() < 0.5 ? jobs.busy : jobs.exit;
    return this.#pool.submitWith({ retries: 2 }, job, index, this.#log, this.#random() * 4);
  }

  /** Who it is stands in memory that is moved. */
  #moved(index: number): ExecutorFuture<Outcome> {
    const words = new Uint32Array([index, 0, 0, 0]);
    return this.#pool.submitWith({ transfer: [words.buffer] }, jobs.read, words, this.#log);
  }

  /** Its worker is ended in the middle of it. */
  #aborted(index: number, ms: number): ExecutorFuture<Outcome> {
    const aborter = new AbortController();
    const settings = { signal: aborter.signal, gracePeriod: 0 };
    const future = this.#pool.submitWith(settings, jobs.busy, index, this.#log, 1_000);
    const abort = (): void => {
      aborter.abort();
      this.#killFromOutside();
    };
    setTimeout(abort, ms);
    return future;
  }

  #submit(make: (index: number) => ExecutorFuture<Outcome>, attempts = 1): void {
    const index = this.#tally.begin(attempts);
    const future = make(index);
    this.#pending.set(index, future);
    future.addDoneCallback(() => {
      this.#pending.delete(index);
      if (future.failure() !== null || this.#random() < 0.1) this.#meddle(index);
    });
    this.#watch(index, this.#follow(index, future));
  }

  /** Those that are submitted together travel together, if they can. */
  #submitTogether(): void {
    const bad = Math.floor(this.#random() * 6);
    for (let n = 0; n < 6; n++) {
      if (n === bad) this.#submit((index) => this.#pool.submit(jobs.busy, index, this.#log, (() => {}) as never), 0);
      else this.#submit((index) => this.#pool.submit(jobs.quick, index, this.#log));
    }
  }

  async #follow(index: number, future: ExecutorFuture<Outcome>): Promise<void> {
    try {
      const outcome = await future;
      this.#tally.succeed(index, outcome);
      this.#pids.push(outcome.pid);
      if (this.#pids.length > 8) this.#pids.shift();
    } catch (error) {
      this.#tally.fail(index, error);
    }
  }

  /** From a callback, while the pool may be in the middle of something: cancels neighbours of the job. */
  #meddle(index: number): void {
    if (this.#random() < 0.5) return;
    for (let neighbour = index - 2; neighbour <= index + 3; neighbour++) {
      if (this.#pending.get(neighbour)?.cancel("meddled with") === true) this.#tally.revoke(neighbour);
    }
    this.#submit((index) => this.#pool.submit(jobs.quick, index, this.#log));
  }

  #map(): void {
    const items = Array.from({ length: mapLength }, () => ({ index: this.#tally.begin(), path: this.#log }));
    const chunkSize = this.#random() < 0.5 ? 1 : 3;
    const length = this.#random() < 0.3 ? 3 : mapLength;
    const readAll = async (): Promise<void> => {
      let read = 0;
      const next = (): number => items[read++]?.index as number;
      try {
        for await (const outcome of this.#pool.map(jobs.mapped, items, { chunkSize })) {
          this.#tally.succeed(next(), outcome);
          if (read === length) break;
        }
        if (read !== length) this.#tally.misdeliver();
      } catch (error) {
        this.#tally.fail(next(), error);
      }
      for (; read < mapLength; read++) this.#tally.abandon();
    };
    this.#watch(items[0]?.index as number, readAll());
  }

  #stream(): void {
    const index = this.#tally.begin();
    const length = this.#random() < 0.3 ? 3 : Number.POSITIVE_INFINITY;
    const stream = this.#pool.streamWith({ bufferSize: 8 }, jobs.items, index, this.#log, streamLength);
    const readAll = async (): Promise<void> => {
      try {
        let read = 0;
        for await (const item of stream) {
          if (item !== read++) this.#tally.misdeliver();
          if (read === length) return this.#tally.abandon();
        }
        if (read !== streamLength) this.#tally.misdeliver();
        this.#tally.succeed(index, await stream.returned);
      } catch (error) {
        this.#tally.fail(index, error);
      }
    };
    this.#watch(index, readAll());
  }

  #broadcast(): void {
    const index = this.#tally.begin(Number.POSITIVE_INFINITY);
    const readAll = async (): Promise<void> => {
      try {
        const outcomes = await this.#pool.broadcast(jobs.quick, index, this.#log);
        for (const each of outcomes) if (each.index !== index) this.#tally.misdeliver();
        if (outcomes[0] === undefined)
          this.#tally.abandon(); // all workers are about to be replaced
        else this.#tally.succeed(index, outcomes[0]);
      } catch (error) {
        this.#tally.fail(index, error);
      }
    };
    this.#watch(index, readAll());
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
}
