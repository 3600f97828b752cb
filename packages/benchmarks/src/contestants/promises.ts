/** The floor: each workload as a good programmer writes it by hand, with nothing but what Node has. */

import { setTimeout as sleepOf } from "node:timers/promises";
import { atMost, locking, queueSize, rows, switching, type Workloads } from "../rows.ts";

export const workloads: Workloads = {
  async switch() {
    let switches = 0;
    const pause = async (): Promise<void> => {
      for (let i = 0; i < switching.pauses; i++) {
        await null;
        switches++;
      }
    };
    const tasks = Array.from({ length: switching.tasks }, pause);
    for (const each of tasks) await each;
    return switches;
  },

  async spawn() {
    let sum = 0;
    for (let i = 0; i < rows.spawn.operations; i++) sum += await same(i);
    return sum;
  },

  gather,
  "gather-eager": gather,

  async timer() {
    let fired = 0;
    for (let i = 0; i < rows.timer.operations; i++) {
      const timer = setTimeout(() => fired++, 3_600_000);
      clearTimeout(timer);
    }
    await null;
    return fired;
  },

  async "cancel-sleep"() {
    let cancelled = 0;
    for (let i = 0; i < rows["cancel-sleep"].operations; i++) {
      const controller = new AbortController();
      const sleeping = sleepOf(3_600_000, undefined, { signal: controller.signal });
      await null;
      controller.abort();
      try {
        await sleeping;
      } catch {
        cancelled++;
      }
    }
    return cancelled;
  },

  async sleep() {
    let woken = 0;
    const nap = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      woken++;
    };
    await Promise.all(Array.from({ length: rows.sleep.operations }, nap));
    return woken;
  },

  async queue() {
    const queue = new HandQueue();
    const produce = async (): Promise<void> => {
      for (let i = 0; i < rows.queue.operations; i++) await queue.put(i);
    };
    const producing = produce();
    let sum = 0;
    for (let i = 0; i < rows.queue.operations; i++) sum += await queue.get();
    await producing;
    return sum;
  },

  async lock() {
    const lock = new HandLock();
    let count = 0;
    const compete = async (): Promise<void> => {
      for (let i = 0; i < locking.times; i++) {
        await lock.acquire();
        await null;
        count++;
        lock.release();
      }
    };
    const tasks = Array.from({ length: locking.tasks }, compete);
    for (const each of tasks) await each;
    return count;
  },

  async timeout() {
    let sum = 0;
    for (let i = 0; i < rows.timeout.operations; i++) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(reject, 3_600_000, new Error("too late"));
      });
      sum += await Promise.race([same(i), late]);
      clearTimeout(timer);
    }
    return sum;
  },

  limit: takeInTurns,
  map: takeInTurns,

  async "await-done"() {
    let sum = 0;
    for (let i = 0; i < rows["await-done"].operations; i++) sum += await (new Settled(i) as unknown as Promise<number>);
    return sum;
  },

  async drain() {
    let turns = 0;
    for (; turns < rows.drain.operations; turns++) {
      await new Promise<void>((resolve) => queueMicrotask(() => process.nextTick(resolve)));
    }
    return turns;
  },
};

async function same(i: number): Promise<number> {
  return i;
}

async function gather(): Promise<number> {
  const values = await Promise.all(Array.from({ length: rows.gather.operations }, (_, i) => same(i)));
  return sumOf(values);
}

function sumOf(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/** The least thenable that there can be: what only `await` can call. */
class Settled {
  readonly #value: number;

  constructor(value: number) {
    this.#value = value;
  }

  then(resolve: (value: number) => void): void {
    resolve(this.#value);
  }
}

/** The usual queue of promises: a ring, and at each end a promise for whoever has to wait there. */
class HandQueue {
  readonly #ring = new Array<number>(queueSize);
  #put = 0;
  #got = 0;
  #wakeProducer: (() => void) | null = null;
  #wakeConsumer: (() => void) | null = null;

  async put(item: number): Promise<void> {
    while (this.#put - this.#got === queueSize) {
      await new Promise<void>((resolve) => {
        this.#wakeProducer = resolve;
      });
    }
    this.#ring[this.#put++ % queueSize] = item;
    this.#wakeConsumer?.();
    this.#wakeConsumer = null;
  }

  async get(): Promise<number> {
    while (this.#put === this.#got) {
      await new Promise<void>((resolve) => {
        this.#wakeConsumer = resolve;
      });
    }
    this.#wakeProducer?.();
    this.#wakeProducer = null;
    return this.#ring[this.#got++ % queueSize] as number;
  }
}

/** The usual lock of promises: each waits for the promise of the one before. */
class HandLock {
  readonly #line: (() => void)[] = [];
  #next = 0;
  #locked = false;

  async acquire(): Promise<void> {
    if (!this.#locked) {
      this.#locked = true;
      return;
    }
    await new Promise<void>((resolve) => this.#line.push(resolve));
  }

  /** Hands the lock over to the next in line. */
  release(): void {
    if (this.#next === this.#line.length) {
      this.#locked = false;
      return;
    }
    (this.#line[this.#next++] as () => void)();
  }
}

/** So many workers, each of which takes the next item. */
async function takeInTurns(): Promise<number> {
  const results = new Array<number>(rows.map.operations);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let i = next++; i < results.length; i = next++) results[i] = await aTurn(i);
  };
  await Promise.all(Array.from({ length: atMost }, work));
  return sumOf(results);
}

async function aTurn(i: number): Promise<number> {
  await null;
  return i;
}
