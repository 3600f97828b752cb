import { RuntimeError } from "@asyncio-ts/contextvars";

/** What a job can know about itself, inside its worker. */
export interface JobContext {
  /** The number of the job in its pool. */
  readonly jobId: number;
  /** 1 the first time, 2 when the job is run again. */
  readonly attempt: number;
  /**
   * Whether the job was asked to stop.
   *
   * A synchronous job may ask in its innermost loop: that reads one word of memory in a thread, and the clock in a process.
   * Where `capabilities` of the executor say that it has no `synchronousCancel`, only an asynchronous job can see it: the
   * request arrives as a message.
   */
  readonly cancelled: boolean;
  /** Aborted when the job is asked to stop; read it anew each time in synchronous code. Its reason is a `CancelledError`. */
  readonly signal: AbortSignal;
  /**
   * Tell the submitter how far the job is: calls the `onProgress` that the job was submitted with.
   *
   * Reports arrive in order, and before the result.
   *
   * @throws {DataCloneError} `progress` cannot be cloned.
   */
  report(progress: unknown): void;
  /** Throw the `CancelledError` if the job was asked to stop. */
  throwIfCancelled(): void;
}

/**
 * The job that is running in this worker.
 *
 * A worker runs one job at a time, so it is the same from the first line of the job to the settling of its promise. Work that
 * a job leaves behind must keep what it has been given.
 *
 * @throws {RuntimeError} Called outside of a job.
 *
 * @example
 * // In a module of jobs:
 * function countTo(n: number): number {
 *   const job = jobContext();
 *   for (let i = 0; i < n; i++) if (i % 1_000 === 0) job.throwIfCancelled();
 *   return n;
 * }
 */
export function jobContext(): JobContext {
  const current = (globalThis as CurrentJobHolder)[currentJobKey]?.();
  if (current === undefined || current === null) throw new RuntimeError("jobContext() was called outside of a job");
  return current;
}

/** @internal The worker's own code is another copy of this package: this is where the two meet. */
export const currentJobKey: unique symbol = Symbol.for("asyncio-ts.currentJob") as never;

/** @internal */
export interface CurrentJobHolder {
  [currentJobKey]?: () => JobContext | null;
}
