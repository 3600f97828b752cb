/** The native engine: bodies are `async` functions, suspensions are `await`. */

import {
  CancelledError,
  createTask,
  eagerTaskFactory,
  Future,
  gather,
  Lock,
  map,
  newEventLoop,
  Queue,
  sleep,
  timeout,
} from "asyncio-ts";
import { atMost, locking, queueSize, rows, switching, type Workloads } from "../rows.ts";

const loop = newEventLoop();

export const workloads: Workloads = {
  switch: () => loop.runUntilComplete(switches),
  spawn: () => loop.runUntilComplete(spawn),
  gather: () => loop.runUntilComplete(gatherMany),
  async "gather-eager"() {
    loop.setTaskFactory(eagerTaskFactory);
    try {
      return await loop.runUntilComplete(gatherMany);
    } finally {
      loop.setTaskFactory(null);
    }
  },
  "cancel-sleep": () => loop.runUntilComplete(cancelSleeps),
  sleep: () => loop.runUntilComplete(naps),
  queue: () => loop.runUntilComplete(produceAndConsume),
  lock: () => loop.runUntilComplete(handOver),
  timeout: () => loop.runUntilComplete(timeouts),
  limit: () => loop.runUntilComplete(gatherLimited),
  map: () => loop.runUntilComplete(mapLimited),
  "await-done": () => loop.runUntilComplete(awaitDone),
  drain: () => loop.runUntilComplete(turns),
};

async function switches(): Promise<number> {
  let count = 0;
  const pause = async (): Promise<void> => {
    for (let i = 0; i < switching.pauses; i++) {
      await sleep(0);
      count++;
    }
  };
  const tasks = Array.from({ length: switching.tasks }, () => createTask(pause));
  for (const each of tasks) await each;
  return count;
}

async function same(i: number): Promise<number> {
  return i;
}

async function spawn(): Promise<number> {
  let sum = 0;
  for (let i = 0; i < rows.spawn.operations; i++) sum += await createTask(() => same(i));
  return sum;
}

async function gatherMany(): Promise<number> {
  const values = await gather(Array.from({ length: rows.gather.operations }, (_, i) => () => same(i)));
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

async function cancelSleeps(): Promise<number> {
  let cancelled = 0;
  for (let i = 0; i < rows["cancel-sleep"].operations; i++) {
    const sleeping = createTask(async () => await sleep(3_600));
    await sleep(0);
    sleeping.cancel();
    try {
      await sleeping;
    } catch (error) {
      if (error instanceof CancelledError) cancelled++;
    }
  }
  return cancelled;
}

async function naps(): Promise<number> {
  let woken = 0;
  const nap = async (): Promise<void> => {
    await sleep(0.001);
    woken++;
  };
  await gather(Array.from({ length: rows.sleep.operations }, () => nap));
  return woken;
}

async function awaitDone(): Promise<number> {
  let sum = 0;
  for (let i = 0; i < rows["await-done"].operations; i++) {
    const future = new Future<number>({ loop });
    future.setResult(i);
    sum += await future;
  }
  return sum;
}

async function turns(): Promise<number> {
  let count = 0;
  for (; count < rows.drain.operations; count++) await sleep(0);
  return count;
}

async function produceAndConsume(): Promise<number> {
  const queue = new Queue<number>(queueSize);
  createTask(async () => {
    for (let i = 0; i < rows.queue.operations; i++) await queue.put(i);
  });
  let sum = 0;
  for (let i = 0; i < rows.queue.operations; i++) sum += await queue.get();
  return sum;
}

async function handOver(): Promise<number> {
  const lock = new Lock();
  let count = 0;
  const compete = async (): Promise<void> => {
    for (let i = 0; i < locking.times; i++) {
      await lock.acquire();
      await sleep(0);
      count++;
      lock.release();
    }
  };
  const tasks = Array.from({ length: locking.tasks }, () => createTask(compete));
  for (const each of tasks) await each;
  return count;
}

async function timeouts(): Promise<number> {
  let sum = 0;
  for (let i = 0; i < rows.timeout.operations; i++) sum += await timeout(3_600, async () => i);
  return sum;
}

async function aTurn(i: number): Promise<number> {
  await sleep(0);
  return i;
}

async function gatherLimited(): Promise<number> {
  const work = Array.from({ length: rows.limit.operations }, (_, i) => () => aTurn(i));
  let sum = 0;
  for (const value of await gather(work, { limit: atMost })) sum += value;
  return sum;
}

async function mapLimited(): Promise<number> {
  const items = Array.from({ length: rows.map.operations }, (_, i) => i);
  let sum = 0;
  for (const value of await map(items, aTurn, { limit: atMost }).toArray()) sum += value;
  return sum;
}
