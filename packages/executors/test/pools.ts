import type { ExecutorFuture, PoolOptions, SubmitOptions } from "../src/index.ts";
import { ProcessPoolExecutor } from "../src/process-pool-executor.ts";
import { ThreadPoolExecutor } from "../src/thread-pool-executor.ts";
import { workerModule } from "../src/worker-module.ts";

/** The jobs of the tests. */
export const jobs: typeof import("./fixtures/jobs.js") = workerModule<typeof import("./fixtures/jobs.js")>(
  new URL("./fixtures/jobs.js", import.meta.url),
);

/** Both kinds of pool, for tests of what they have in common. */
export const kinds = [
  { kind: "thread", make: (options?: PoolOptions) => new ThreadPoolExecutor(options) },
  { kind: "process", make: (options?: PoolOptions) => new ProcessPoolExecutor(options) },
] as const;

export type AnyPool = ThreadPoolExecutor | ProcessPoolExecutor;

/** What a future has failed with; fails the test if it has not. */
export async function failureOf(future: PromiseLike<unknown>): Promise<Error & { [key: string]: unknown }> {
  try {
    await future;
  } catch (error) {
    return error as Error & { [key: string]: unknown };
  }
  throw new Error("The job was expected to fail");
}

/** A job that has begun, and the word in which it says so: `running()` may be true of one that is on its way to a process. */
export async function begin<Args extends unknown[], R>(
  pool: AnyPool,
  options: SubmitOptions,
  job: (...args: Args) => R,
  ...args: Args
): Promise<{ readonly running: ExecutorFuture<Awaited<R>>; readonly word: unknown }> {
  return new Promise((resolve) => {
    const running = pool.submitWith({ ...options, onProgress: (word) => resolve({ running, word }) }, job, ...args);
  });
}

/** Wait until `future` runs. */
export async function untilRunning(future: ExecutorFuture<unknown>): Promise<void> {
  while (!future.running()) {
    if (future.done()) throw new Error("The job is over already");
    await new Promise((resolve) => setImmediate(resolve));
  }
}
