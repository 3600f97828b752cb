import { fileURLToPath } from "node:url";
import { FixedClusterPool, FixedThreadPool } from "poolifier";
import type { OpenPool } from "../pool.ts";

/** A pool of its kind sends every job at once, which is the fastest it does; its queue of jobs only adds to that. */
export const open: OpenPool = ({ kind, workers, binary }) => {
  const path = (file: string): string => fileURLToPath(new URL(`../workers/${file}`, import.meta.url));
  const pool =
    kind === "threads"
      ? new FixedThreadPool<unknown, unknown>(workers, path("poolifier-thread.js"))
      : new FixedClusterPool<unknown, unknown>(
          workers,
          path("poolifier-process.cjs"),
          binary ? { settings: { serialization: "advanced" } } : {},
        );
  return {
    run: (job, argument) => pool.execute(argument, job),
    runMoving: (job, buffer) => pool.execute(buffer, job, undefined, [buffer]),
    close: () => pool.destroy(),
  };
};
