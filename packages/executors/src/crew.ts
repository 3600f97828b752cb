import type { Seconds } from "@asyncio-ts/core";
import type { Job } from "./job.ts";
import { PoolWorker } from "./pool-worker.ts";
import type { WorkerKeeper } from "./worker-keeper.ts";
import type { StartWorker } from "./worker-link.ts";

/** After this long a worker that was told to end is made to, in milliseconds. */
const endingTime = 5_000;

/** How workers come and go. */
export interface CrewSetup {
  readonly maxTasksPerChild: number;
  readonly idleTimeout: Seconds;
  readonly start: StartWorker;
}

/** The workers of a pool: starts them, and ends those that have nothing to do. */
export class Crew {
  readonly workers: PoolWorker[] = [];
  readonly #setup: CrewSetup;
  readonly #keeper: WorkerKeeper;
  #nextNumber = 1;
  #idleTimer: NodeJS.Timeout | null = null;

  constructor(keeper: WorkerKeeper, setup: CrewSetup) {
    this.#keeper = keeper;
    this.#setup = setup;
  }

  /** Those that may be given jobs. */
  open(): PoolWorker[] {
    return this.workers.filter((worker) => worker.isOpen);
  }

  /** Those that may be given `job` now: not one that is stuck in a long job, while others are not. */
  takers(job: Job): PoolWorker[] {
    const now = performance.now();
    const lively = this.workers.filter((worker) => worker.isReady && !worker.isStuck(now));
    return (lively.length > 0 ? lively : this.workers).filter((worker) => worker.accepts(job));
  }

  /** How many count towards those that there may be: not those that have no jobs and get none. */
  size(): number {
    return this.workers.filter((worker) => worker.isOpen || worker.outstanding > 0).length;
  }

  /** How many have jobs. */
  busyCount(): number {
    return this.workers.filter((worker) => worker.outstanding > 0).length;
  }

  idleCount(): number {
    return this.workers.filter((worker) => worker.isIdle).length;
  }

  /** How many jobs they have. */
  jobCount(): number {
    return this.workers.reduce((sum, worker) => sum + worker.outstanding, 0);
  }

  /** How long they have lived, in sum, in milliseconds. */
  age(): number {
    const now = performance.now();
    return this.workers.reduce((sum, worker) => sum + now - worker.startedAt, 0);
  }

  /** @throws What starting a worker throws. */
  start(): void {
    const { start, maxTasksPerChild } = this.#setup;
    this.workers.push(new PoolWorker(this.#keeper, start, this.#nextNumber, maxTasksPerChild));
    this.#nextNumber++;
  }

  /** Let a worker that has no jobs end by itself; it does not have all the time in the world. */
  end(worker: PoolWorker): void {
    if (worker.state === "ending" || worker.state === "dead") return;
    worker.end();
    const timer = setTimeout(() => worker.kill(), endingTime);
    timer.unref();
    worker.onDeath = () => clearTimeout(timer);
  }

  remove(worker: PoolWorker): void {
    worker.onDeath?.();
    const index = this.workers.indexOf(worker);
    if (index >= 0) this.workers.splice(index, 1);
  }

  kill(): void {
    for (const worker of this.workers) {
      worker.wasKilled = true;
      worker.kill();
    }
  }

  /** Some worker is idle: end it once it has been so for long. One timer looks after all. */
  watchIdle(): void {
    const { idleTimeout } = this.#setup;
    if (this.#idleTimer !== null || idleTimeout === Number.POSITIVE_INFINITY) return;
    const delay = Math.min(idleTimeout * 1_000 + 1, 2 ** 31 - 1);
    this.#idleTimer = setTimeout(() => {
      this.#idleTimer = null;
      this.#endIdle(performance.now() - idleTimeout * 1_000);
    }, delay);
    this.#idleTimer.unref();
  }

  stopWatching(): void {
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    this.#idleTimer = null;
  }

  #endIdle(before: number): void {
    const idle = this.workers.filter((worker) => worker.isIdle && worker.state === "ready");
    for (const worker of idle) if (worker.lastHeard <= before) this.end(worker);
    if (idle.some((worker) => worker.lastHeard > before)) this.watchIdle();
  }
}
