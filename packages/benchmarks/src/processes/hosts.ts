/** What the host of this runtime costs: a turn, a native step with its drain, and how late I/O is while tasks spin. */

import { Worker } from "node:worker_threads";
import { createTask, run, sleep } from "asyncio-ts";

const pauses = 300_000;
const samples = 1_000;
const spinners = 1_000;

/** A thread that says what time it is, every other millisecond. */
const clock = `
  const { parentPort } = require("node:worker_threads");
  setInterval(() => parentPort.postMessage(performance.timeOrigin + performance.now()), 2);`;

const nanoseconds = async (pause: () => Promise<unknown>): Promise<number> => {
  await pause();
  const begun = performance.now();
  await pause();
  return ((performance.now() - begun) * 1e6) / pauses;
};

const generatorPauses = (): Promise<unknown> =>
  run(function* () {
    for (let i = 0; i < pauses; i++) yield* sleep(0);
  });

const nativePauses = (): Promise<unknown> =>
  run(async () => {
    for (let i = 0; i < pauses; i++) await sleep(0);
  });

/** How late messages of another thread are, in milliseconds: the middle one, and the hundredth from the end of a hundred. */
async function lateness(tasks: number): Promise<{ readonly median: number; readonly p99: number }> {
  const late: number[] = [];
  const worker = new Worker(clock, { eval: true });
  // Not by hrtime(): that of Bun and of Deno begins anew in each thread.
  worker.on("message", (sent: number) => late.push(performance.timeOrigin + performance.now() - sent));
  await run(function* () {
    const isOver = (): boolean => late.length >= samples;
    const spin = function* () {
      while (!isOver()) yield* sleep(0);
    };
    for (let i = 0; i < tasks; i++) createTask(spin);
    while (!isOver()) yield* sleep(0.01);
  });
  await worker.terminate();
  const sorted = late.slice(samples / 10).sort((a, b) => a - b); // the first ones find code that is not compiled yet
  const at = (part: number): number => sorted[Math.floor(sorted.length * part)] ?? Number.NaN;
  return { median: at(0.5), p99: at(0.99) };
}

const answer = {
  turn: await nanoseconds(generatorPauses),
  drain: await nanoseconds(nativePauses),
  idle: await lateness(0),
  busy: await lateness(spinners),
};
console.log(JSON.stringify(answer));
process.exit();
