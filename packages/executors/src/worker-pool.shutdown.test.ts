import { expect, test } from "vitest";
import { jobs } from "../test/pools.ts";
import { BrokenThreadPool, type WorkerExit } from "./errors.ts";
import { type JobName, nameOfJob } from "./job-name.ts";
import { wordCount } from "./protocol.ts";
import { WorkerPool } from "./worker-pool.ts";

/** A pool of one thread that never gets ready, what it was sent, and how it ends. */
function makeStarting() {
  const posted: unknown[] = [];
  const exits: ((exit: WorkerExit) => void)[] = [];
  const ignore = (): void => {};
  const pool = new WorkerPool({
    name: "pool",
    maxWorkers: 1,
    maxTasksPerChild: Number.POSITIVE_INFINITY,
    maxQueue: Number.POSITIVE_INFINITY,
    idleTimeout: 60,
    onWorkerCrash: "replace",
    Broken: BrokenThreadPool,
    start: ({ onExit }) => {
      exits.push(onExit);
      const post = (message: unknown): void => void posted.push(message);
      return { words: new Int32Array(wordCount), post, stop: ignore, ref: ignore, unref: ignore, kill: ignore };
    },
  });
  const exit = (): void => exits[0]?.({ exitCode: 0, signal: null, oom: false });
  return { pool, posted, exit };
}

test("shutdown({ cancelFutures: true }) ends a worker whose initializer still runs, also if it was sent jobs already", async () => {
  const { pool, posted, exit } = makeStarting();
  const [job] = pool.broadcast({ number: 0, name: nameOfJob(jobs.add) as JobName, expected: 1 }, [1, 1]);
  const ended = pool.shutdown(true);
  expect(job?.future.cancelled()).toBe(true);
  expect(posted.at(-1)).toEqual({ kind: "end" });
  exit();
  await ended;
});
