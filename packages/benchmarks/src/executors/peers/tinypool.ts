import { Tinypool } from "tinypool";
import { type OpenPool, pathOf } from "../pool.ts";

/** Tuned: several jobs at a time for each worker. */
export const open: OpenPool = ({ kind, workers, tuned, binary }) => {
  const pool = new Tinypool({
    filename: pathOf("jobs").href,
    runtime: kind === "threads" ? "worker_threads" : "child_process",
    minThreads: workers,
    maxThreads: workers,
    ...(tuned ? { concurrentTasksPerWorker: 64 } : {}),
    ...(binary && kind === "processes" ? { serialization: "advanced" } : {}),
  });
  return {
    run: (name, argument) => pool.run(argument, { name }),
    runMoving: (name, buffer) => pool.run(buffer, { name, transferList: [buffer] }),
    close: () => pool.destroy(),
  };
};
