/**
 * Measures `BlockingHost` in a worker thread, which the main thread calls by `callSoonThreadsafe`: what I/O is to a loop
 * that takes no events. Prints a `HostAnswer`.
 */

import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { attachLoop, getRunningLoop, runSync, type ThreadsafeHandle } from "asyncio-ts";
import type { HostAnswer } from "../hosts/answer.ts";
import { type HostSample, sampleHost, time } from "../hosts/sample.ts";

type Handle = ThreadsafeHandle<{ tick(sent: number): void }>;
/** What the thread says: call this loop, stop that, this is it. */
type Word = { readonly handle: Handle } | "stop" | { readonly sample: HostSample };

if (isMainThread) callThread();
else tell({ sample: await sampleHost({ settlesPromises: false, run: runSync, startClock }) });

function tell(word: Word): void {
  parentPort?.postMessage(word, typeof word === "object" && "handle" in word ? [word.handle.port as never] : []);
}

function startClock(tick: (sent: number) => void): () => void {
  tell({ handle: getRunningLoop().threadsafeHandle({ tick }) });
  return () => tell("stop");
}

function answer(sample: HostSample): void {
  const answer: HostAnswer = { version: process.versions.node, sample };
  console.log(JSON.stringify(answer));
}

function callThread(): void {
  let clock: ReturnType<typeof setInterval> | undefined;
  const listen = (word: Word): void => {
    clearInterval(clock);
    if (word === "stop") return;
    if ("sample" in word) return answer(word.sample);
    const loop = attachLoop(word.handle);
    clock = setInterval(() => {
      if (!loop.isClosed()) loop.callSoonThreadsafe("tick", time());
    }, 2);
  };
  new Worker(new URL(import.meta.url)).on("message", listen);
}
