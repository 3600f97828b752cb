export { ProcessPoolExecutor, ThreadPoolExecutor } from "#pools";
export { setDefaultExecutor, shutdownDefaultExecutor } from "./default-executor.ts";
export { type RegisterErrorOptions, registerError } from "./error-classes.ts";
export {
  BrokenExecutor,
  BrokenProcessPool,
  BrokenThreadPool,
  ClosureError,
  ExecutorFull,
  JobLoadError,
  RemoteError,
  WorkerDied,
  type WorkerExit,
} from "./errors.ts";
export type {
  Executor,
  ExecutorCapabilities,
  ExecutorMapOptions,
  ExecutorShutdownOptions,
  JobStream,
  JobStreamOptions,
  SubmitOptions,
} from "./executor.ts";
export { ExecutorFuture, type FutureSource } from "./executor-future.ts";
export type { Distribution } from "./histogram.ts";
export { inline } from "./inline.ts";
export { type JobContext, jobContext } from "./job-context.ts";
export type { PoolOptions } from "./pool-options.ts";
export type { PoolStatistics } from "./pool-statistics.ts";
export type { ProcessPoolOptions } from "./process-pool-executor.ts";
export { runInExecutor } from "./run-in-executor.ts";
export { type ModuleMeta, task } from "./task.ts";
export type { ThreadPoolOptions } from "./thread-pool-executor.ts";
export { toThread } from "./to-thread.ts";
export { transfer } from "./transfer.ts";
export { type WorkerModule, workerModule } from "./worker-module.ts";
export { wrapFuture } from "./wrap-future.ts";
