export {
  BrokenExecutor,
  BrokenProcessPool,
  BrokenThreadPool,
  ExecutorFull,
  WorkerDied,
  type WorkerExit,
} from "./errors.ts";
export type {
  Executor,
  ExecutorCapabilities,
  JobStream,
  MapOptions,
  ShutdownOptions,
  StreamOptions,
  SubmitOptions,
} from "./executor.ts";
export { ExecutorFuture, type FutureSource } from "./executor-future.ts";
export { setDefaultExecutor, shutdownDefaultExecutor } from "./default-executor.ts";
export type { Distribution } from "./histogram.ts";
export { type JobContext, jobContext } from "./job-context.ts";
export type { PoolOptions } from "./pool-options.ts";
export type { PoolStatistics } from "./pool-statistics.ts";
export { ProcessPoolExecutor, type ProcessPoolOptions } from "./process-pool-executor.ts";
export { runInExecutor } from "./run-in-executor.ts";
export { ThreadPoolExecutor, type ThreadPoolOptions } from "./thread-pool-executor.ts";
export { toThread } from "./to-thread.ts";
export { wrapFuture } from "./wrap-future.ts";
