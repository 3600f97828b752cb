/**
 * Measures what one item costs among many, in a process of its own: `node growth.js KIND SIZE`. Prints nanoseconds an item
 * as JSON.
 */

import { createTask, newEventLoop, sleep } from "asyncio-ts";
import { median } from "../statistics.ts";

const loop = newEventLoop();
const samplesAtLeast = 3;
const milliseconds = 400;

const kinds: Record<string, (size: number) => Promise<number>> = {
  /** Tasks that are all alive at once. */
  generator: (size) =>
    loop.runUntilComplete(function* () {
      let ended = 0;
      function* body() {
        yield* sleep(0);
        ended++;
      }
      const tasks = Array.from({ length: size }, () => createTask(body()));
      for (const each of tasks) yield* each;
      return ended;
    }),

  native: (size) =>
    loop.runUntilComplete(async () => {
      let ended = 0;
      const body = async (): Promise<void> => {
        await sleep(0);
        ended++;
      };
      const tasks = Array.from({ length: size }, () => createTask(body));
      for (const each of tasks) await each;
      return ended;
    }),

  /** Timers that are all armed at once, their deadlines in no order, and then fire. */
  timers: (size) =>
    loop.runUntilComplete(async () => {
      let fired = 0;
      const start = loop.time();
      for (let i = 0; i < size; i++) loop.callAt(start + scramble(i, size) / size / 1_000, () => void fired++);
      while (fired < size) await sleep(0.001);
      return fired;
    }),
};

const [kind = "", size = ""] = process.argv.slice(2);
const workload = kinds[kind] as (size: number) => Promise<number>;
const warmUntil = performance.now() + milliseconds;
do await once(Number(size));
while (performance.now() < warmUntil);

const nanoseconds: number[] = [];
const sampleUntil = performance.now() + milliseconds;
while (nanoseconds.length < samplesAtLeast || performance.now() < sampleUntil)
  nanoseconds.push(await once(Number(size)));
console.log(JSON.stringify(median(nanoseconds)));

async function once(items: number): Promise<number> {
  const began = process.hrtime.bigint();
  const answer = await workload(items);
  const took = process.hrtime.bigint() - began;
  if (answer !== items) throw new Error(`${kind} answered ${answer}, not ${items}`);
  return Number(took) / items;
}

/** Every number below `size` once, in an order that looks like none: the step has no divisor in common with a power of ten. */
function scramble(i: number, size: number): number {
  return (i * 7_919) % size;
}
