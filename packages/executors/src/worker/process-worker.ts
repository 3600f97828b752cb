import { toRecord } from "../error-record.ts";
import type { ToPool } from "../protocol.ts";
import { fromWire, toWire } from "../wire-form.ts";
import { JobRunner } from "./job-runner.ts";
import { type Initialization, prepare } from "./prepare.ts";
import { StopMarks } from "./stop-marks.ts";

/** What a process is told first. */
export interface ProcessData {
  readonly stopFile: string | null;
  readonly initialization: Initialization;
}

/** The far side of a process pool. The first message says how to begin. */
export function startProcessWorker(): void {
  const send = process.send?.bind(process);
  // The line is ours: code of the user that looks for a parent to report to finds none.
  Reflect.deleteProperty(process, "send");
  const post = (message: unknown): void => {
    if (process.connected) send?.(toWire(message));
  };
  const stops = new StopMarks();
  const link = { post, poll: () => undefined, words: null, stops };
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
  const begin = (): void => {
    isReady = true;
    const last = early.pop();
    for (const each of early) runner.take(each); // all, before the first job: they may say which not to begin
    if (last !== undefined) runner.receive(last);
  };
  const start = ({ stopFile, initialization }: ProcessData): void => {
    stops.watch(stopFile);
    void prepare(initialization, link, begin);
  };
  let received = 0;
  process.on("message", (arrived) => {
    const number = received++;
    let message: unknown;
    try {
      message = fromWire(arrived);
    } catch (error) {
      const record = toRecord(error);
      const news: ToPool =
        number === 0
          ? { kind: "initializerFailed", error: record }
          : { kind: "unreadable", batch: number, error: record };
      post(news);
      return;
    }
    if (number === 0) start(message as ProcessData);
    else if (isReady) runner.receive(message);
    else early.push(message);
  });
}

/** End this process and all that it has started. */
function endGroup(): void {
  try {
    process.kill(-process.pid, "SIGKILL");
  } catch {
    process.kill(process.pid, "SIGKILL"); // it is not the first of a group
  }
}
