/** The floor: each workload as a good programmer writes it by hand, with nothing but what Node has. */

import { setTimeout as sleepOf } from "node:timers/promises";
import { rows, switching, type Workloads } from "../rows.ts";

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
