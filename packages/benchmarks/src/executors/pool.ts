import type * as jobs from "./jobs.js";

export type JobName = keyof typeof jobs;

/** How the workloads see a pool. */
export interface Pool {
  run(job: JobName, argument: unknown): PromiseLike<unknown>;
  /** Run a job with a buffer that is moved to it, where the pool can do that. */
  runMoving?(job: JobName, buffer: ArrayBuffer): PromiseLike<unknown>;
  close(): PromiseLike<unknown>;
}

export type PoolKind = "threads" | "processes";

export interface PoolWishes {
  readonly kind: PoolKind;
  readonly workers: number;
  /** With the settings that its documentation recommends for many small jobs; else with its defaults. */
  readonly tuned: boolean;
  /** Arguments are bytes, which some process pools send only if they are asked to. */
  readonly binary: boolean;
}

/** What each module of `peers/` exports as `open`. */
export type OpenPool = (wishes: PoolWishes) => Pool;

/** The path of a worker file of `workers/`, or of the jobs themselves. */
export function pathOf(file: string): URL {
  return new URL(`./${file}.js`, import.meta.url);
}
