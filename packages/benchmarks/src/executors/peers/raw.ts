import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type TransferListItem, Worker } from "node:worker_threads";
import { type JobName, type OpenPool, pathOf } from "../pool.ts";

/** What a program would write that uses no pool: a message for each job, another for its result, the workers in turn. */
export const open: OpenPool = ({ kind, workers }) => {
  const lines = Array.from({ length: workers }, kind === "threads" ? openThread : openProcess);
  const waiting = new Map<number, (value: unknown) => void>();
  let last = 0;
  for (const { listen } of lines) {
    listen(([id, value]) => {
      waiting.get(id)?.(value);
      waiting.delete(id);
    });
  }
  const run = (job: JobName, argument: unknown, transfer: TransferListItem[] = []): Promise<unknown> => {
    const id = ++last;
    lines[id % lines.length]?.post([id, job, argument], transfer);
    return new Promise((resolve) => waiting.set(id, resolve));
  };
  return {
    run: (job, argument) => run(job, argument),
    runMoving: (job, buffer) => run(job, buffer, [buffer]),
    close: () => Promise.all(lines.map(({ end }) => end())),
  };
};

interface Line {
  post(message: readonly [id: number, job: JobName, argument: unknown], transfer: TransferListItem[]): void;
  listen(hear: (reply: [id: number, value: unknown]) => void): void;
  end(): unknown;
}

function openThread(): Line {
  const worker = new Worker(pathOf("workers/raw-worker"));
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    listen: (hear) => void worker.on("message", hear),
    end: () => worker.terminate(),
  };
}

function openProcess(): Line {
  const path = fileURLToPath(pathOf("workers/raw-worker"));
  const child: ChildProcess = fork(path, [], { execArgv: [], serialization: "advanced" });
  return {
    post: (message) => void child.send(message as never),
    listen: (hear) => void child.on("message", (reply) => hear(reply as [number, unknown])),
    end: () => child.kill(),
  };
}
