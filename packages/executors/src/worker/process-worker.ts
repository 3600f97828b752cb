import { toRecord } from "../error-record.ts";
import type { ToPool } from "../protocol.ts";
import { slotCount } from "../protocol.ts";
import { JobRunner } from "./job-runner.ts";
import { prepare } from "./prepare.ts";
import { endGroup, startWatcher } from "./watcher.ts";

/** The far side of a process pool. The first message says how to begin. */
export function startProcessWorker(): void {
  const send = process.send?.bind(process);
  // The line is ours: code of the user that looks for a parent to report to finds none.
  Reflect.deleteProperty(process, "send");
  const post = (message: unknown): void => {
    if (process.connected) send?.(message);
  };
  const stops = new Int32Array(new SharedArrayBuffer(slotCount * 4));
  // A thread takes as long to start as the rest of us: not before there is something that it could be needed for.
  let isWatching = false;
  const watch = (): void => {
    if (!isWatching) startWatcher(stops);
    isWatching = true;
  };
  const link = { post, poll: () => undefined, watch, words: null, stops };
  const runner = new JobRunner(link, () => false);
  process.on("exit", () => runner.flush());
  // Without its pool there is nobody to work for.
  process.on("disconnect", () => {
    process.on("exit", endGroup);
    process.exit();
  });
  process.on("uncaughtExceptionMonitor", (error) => {
    if (process.listenerCount("uncaughtException") > 0) return; // somebody sees to it: it ends nothing
    post({ kind: "uncaught", error: toRecord(error) } satisfies ToPool);
  });

  // Jobs may arrive while the initializer runs.
  const early: unknown[] = [];
  let isReady = false;
  let isFirst = true;
  process.on("message", (message) => {
    if (isFirst) {
      isFirst = false;
      void prepare(message, link, () => {
        isReady = true;
        for (const each of early) runner.receive(each);
      });
    } else if (isReady) runner.receive(message);
    else early.push(message);
  });
}
