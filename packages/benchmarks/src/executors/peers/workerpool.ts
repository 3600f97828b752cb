import { fileURLToPath } from "node:url";
import workerpool from "workerpool";
import { type OpenPool, pathOf } from "../pool.ts";

export const open: OpenPool = ({ kind, workers, binary }) => {
  const pool = workerpool.pool(fileURLToPath(pathOf("workers/workerpool-worker")), {
    workerType: kind === "threads" ? "thread" : "process",
    minWorkers: workers,
    maxWorkers: workers,
    ...(binary && kind === "processes" ? { forkOpts: { serialization: "advanced" } } : {}),
  });
  return {
    run: (job, argument) => pool.exec(job, [argument]),
    runMoving: (job, buffer) => pool.exec(job, [buffer], { transfer: [buffer] }),
    async close() {
      await pool.terminate();
    },
  };
};
