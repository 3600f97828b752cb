import { RuntimeError } from "@asyncio-ts/contextvars";

/**
 * Stands in for the pool of threads where there are none as Node has them.
 *
 * `runInExecutor` takes any `Executor`: those who have workers of their own can implement one.
 */
export class ThreadPoolExecutor {
  /** @throws {RuntimeError} Always. */
  constructor() {
    throw new RuntimeError("A thread pool needs the worker threads of Node, and there are none here");
  }
}

/** Stands in for the pool of processes where there are none. */
export class ProcessPoolExecutor {
  /** @throws {RuntimeError} Always. */
  constructor() {
    throw new RuntimeError("A process pool needs the child processes of Node, and there are none here");
  }
}
