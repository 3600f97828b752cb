import { fileURLToPath } from "node:url";
import { Worker } from "jest-worker";
import { type JobName, type OpenPool, pathOf } from "../pool.ts";

const exposedMethods: JobName[] = ["increment", "fibonacci", "busy", "sizeOf", "startTicking", "worstLateness"];

export const open: OpenPool = ({ kind, workers }) => {
  const pool = new Worker(fileURLToPath(pathOf("jobs")), {
    enableWorkerThreads: kind === "threads",
    numWorkers: workers,
    exposedMethods,
  }) as Worker & Record<JobName, (argument: unknown) => Promise<unknown>>;
  return {
    run: (job, argument) => pool[job](argument),
    close: () => pool.end(),
  };
};
