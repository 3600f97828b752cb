import { type MessagePort, receiveMessageOnPort, type TransferListItem, workerData } from "node:worker_threads";
import { toRecord } from "../error-record.ts";
import type { ToPool } from "../protocol.ts";
import { JobRunner } from "./job-runner.ts";
import { prepare } from "./prepare.ts";
import { noteVariables } from "./run-in-snapshot.ts";
import { Spin } from "./spin.ts";

/** What a thread is given when it starts. */
export interface ThreadData {
  readonly port: MessagePort;
  readonly words: Int32Array;
  /** Whether there are processors enough that waiting for the next batch may be worth it. */
  readonly maySpin: boolean;
  readonly initialization: unknown;
}

/** The far side of a thread pool. */
export function startThreadWorker(): void {
  noteVariables(); // before anything of the user is loaded
  const { port, words, maySpin, initialization } = workerData as ThreadData;
  const spin = new Spin(words);
  let received = 0;
  const post = (message: unknown, transfer: readonly object[]): void =>
    port.postMessage(message, transfer as TransferListItem[]);
  const reportUnreadable = (error: unknown): void => {
    received = (received + 1) | 0;
    post({ kind: "unreadable", batch: received, error: toRecord(error) } satisfies ToPool, []);
  };
  const poll = (): unknown => {
    for (;;) {
      try {
        const found = receiveMessageOnPort(port);
        if (found === undefined) return undefined;
        received = (received + 1) | 0;
        return found.message;
      } catch (error) {
        reportUnreadable(error);
      }
    }
  };

  const linger = (): boolean => {
    if (!maySpin || !spin.hasMore(received)) return false;
    const message = poll();
    if (message !== undefined) {
      spin.noteArrival();
      runner.take(message);
    }
    return true;
  };
  const link = { post, poll, words, stops: null };
  const runner = new JobRunner(link, linger);
  process.on("exit", () => runner.flush());

  void prepare(initialization, link, () => {
    port.on("messageerror", reportUnreadable);
    port.on("message", (message) => {
      received = (received + 1) | 0;
      spin.noteArrival();
      runner.receive(message);
    });
  });
}
