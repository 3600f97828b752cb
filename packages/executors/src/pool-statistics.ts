import type { Crew } from "./crew.ts";
import { type Distribution, Histogram } from "./histogram.ts";

/** What a pool has done, and what it has to do. */
export interface PoolStatistics {
  /** Workers that live, those that start among them. */
  readonly workers: number;
  /** Workers without a job. */
  readonly idle: number;
  /** Jobs that no worker has. */
  readonly waiting: number;
  /** Jobs that a worker has, whether it has begun or not. */
  readonly running: number;
  /** Jobs that have ended, whichever way. */
  readonly completed: number;
  /** Jobs that have ended with an error. */
  readonly failed: number;
  /** Workers that have died. */
  readonly crashes: number;
  /** How long jobs ran, in milliseconds; of tiny ones, the mean of those that ended together. */
  readonly runTime: Distribution;
  /** How long jobs waited before they ran, in milliseconds. */
  readonly waitTime: Distribution;
  /** The share of time that workers have spent on jobs, since they were started: 0 to 1. */
  readonly utilization: number;
}

/** Counts what a pool does. */
export class PoolCounters {
  readonly runTime: Histogram = new Histogram();
  readonly waitTime: Histogram = new Histogram();
  completed = 0;
  failed = 0;
  crashes = 0;
  #busy = 0;
  /** What workers that have ended were there for. */
  #lived = 0;

  jobsRan(count: number, elapsed: number): void {
    this.completed += count;
    this.#busy += elapsed;
    this.runTime.record(elapsed / count, count);
  }

  workerLived(duration: number): void {
    this.#lived += duration;
  }

  /** @param waiting - How many jobs no worker has. */
  summary(crew: Crew, waiting: number): PoolStatistics {
    const lived = this.#lived + crew.age();
    return {
      workers: crew.workers.length,
      idle: crew.idleCount(),
      waiting,
      running: crew.jobCount(),
      completed: this.completed,
      failed: this.failed,
      crashes: this.crashes,
      runTime: this.runTime.summary(),
      waitTime: this.waitTime.summary(),
      utilization: lived === 0 ? 0 : Math.min(this.#busy / lived, 1),
    };
  }
}
