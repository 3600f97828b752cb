import type { ThrownRecord } from "./error-record.ts";
import type { WorkerExit } from "./errors.ts";
import type { Job } from "./job.ts";
import type { PoolWorker } from "./pool-worker.ts";

/** What a worker tells its pool. */
export interface WorkerKeeper {
  workerReady(worker: PoolWorker): void;
  workerFailedToStart(worker: PoolWorker, record: ThrownRecord): void;
  workerEnded(worker: PoolWorker, exit: WorkerExit): void;
  /** A slice of replies has been dealt with. */
  workerReplied(worker: PoolWorker, ended: number, elapsed: number): void;
  /** `isError` says that `value` is the record of one; `began` is when the first of those began that are reported together. */
  jobEnded(job: Job, isError: boolean, value: unknown, began: number): void;
  jobStarted(job: Job): void;
  /** The worker has more memory than it may. */
  workerIsTooBig(worker: PoolWorker): void;
}

/**
 *  state        gets jobs    left by
 *  starting     no           its first word
 *  ready        yes          retire(), end()
 *  retiring     no           end(), once it has no job left
 *  ending       no           its exit
 *  dead         no           nothing
 */
export type WorkerState = "starting" | "ready" | "retiring" | "ending" | "dead";
