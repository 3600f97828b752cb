import { Piscina } from "piscina";
import { type OpenPool, pathOf } from "../pool.ts";

/** Tuned: several jobs at a time for each worker, as its documentation advises for short ones. */
export const open: OpenPool = ({ workers, tuned }) => {
  const pool = new Piscina({
    filename: pathOf("jobs").href,
    minThreads: workers,
    maxThreads: workers,
    ...(tuned ? { concurrentTasksPerWorker: 64 } : {}),
  });
  return {
    run: (name, argument) => pool.run(argument, { name }),
    runMoving: (name, buffer) => pool.run(buffer, { name, transferList: [buffer] }),
    close: () => pool.destroy(),
  };
};
