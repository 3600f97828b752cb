/**
 * Runs ten million tasks through one loop, in a process of its own: `node --expose-gc ten-million.js KIND`. Prints as JSON
 * what the heap held before and after, in bytes, and how long it took, in seconds.
 */

import { createTask, gather, newEventLoop, sleep } from "asyncio-ts";
import { collectGarbage } from "../collect-garbage.ts";

const total = 10_000_000;
const atOnce = 10_000;
const loop = newEventLoop();
let ended = 0;

function* generatorBody() {
  yield* sleep(0);
  ended++;
}

async function nativeBody(): Promise<void> {
  await sleep(0);
  ended++;
}

const start = process.argv[2] === "native" ? () => createTask(nativeBody) : () => createTask(generatorBody());

async function run(tasks: number): Promise<void> {
  for (let left = tasks; left > 0; left -= atOnce) await gather(Array.from({ length: atOnce }, start));
}

async function heapUsed(): Promise<number> {
  await sleep(0.05); // what watches for things that are dropped holds them for a moment
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

const answer = await loop.runUntilComplete(async () => {
  await run(10 * atOnce); // compiled, and the queues have their size
  const before = await heapUsed();
  const began = performance.now();
  await run(total);
  const seconds = (performance.now() - began) / 1000;
  return { before, after: await heapUsed(), seconds, turns: loop.statistics().turns };
});
if (ended !== total + 10 * atOnce) throw new Error(`${ended} tasks have ended`);
loop.close();
console.log(JSON.stringify(answer));
