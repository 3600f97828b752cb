import { ProcessPoolExecutor, ThreadPoolExecutor, workerModule } from "asyncio-ts";
import { type JobName, type OpenPool, pathOf } from "../pool.ts";

const jobs = workerModule<Record<JobName, (argument: unknown) => unknown>>(pathOf("jobs"));

export const open: OpenPool = ({ kind, workers }) => {
  const Executor = kind === "threads" ? ThreadPoolExecutor : ProcessPoolExecutor;
  const pool = new Executor({ maxWorkers: workers });
  return {
    run: (job, argument) => pool.submit(jobs[job], argument),
    runMoving: (job, buffer) => pool.submitWith({ transfer: [buffer] }, jobs[job], buffer),
    close: () => pool.shutdown(),
  };
};
