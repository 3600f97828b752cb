import { BaseEventLoop, type Runnable } from "@asyncio-ts/core";
import { VirtualHost } from "@asyncio-ts/core/testing";
import { describe, expect, test } from "vitest";
import { holdsOf, holdsOfSeed, ordinary } from "./schedule.ts";
import { type Deviation, ScheduleQueue } from "./schedule-queue.ts";

const seeds = Array.from({ length: 3_000 }, (_, seed) => seed);

type Program = (loop: BaseEventLoop, log: (name: string) => void) => void;

/** What `program` logs, under the holds of `seed`; in the ordinary order by default. */
async function logOf(program: Program, seed?: number): Promise<string> {
  const queue = new ScheduleQueue(seed === undefined ? ordinary : holdsOfSeed(seed));
  const loop = new BaseEventLoop(new VirtualHost(), { readyQueue: queue });
  const log: string[] = [];
  program(loop, (name) => void log.push(name));
  loop.callLater(100, () => loop.stop());
  await loop.runForever();
  loop.close();
  return log.join("");
}

async function allLogs(program: Program): Promise<Set<string>> {
  const logs = new Set<string>();
  for (const seed of seeds) logs.add(await logOf(program, seed));
  return logs;
}

/** Two chains of three callbacks, a1 → a2 → a3 and b1 → b2 → b3, that one step begins. */
const twoChains: Program = (loop, log) => {
  const chain = (name: string, left: number): void => {
    log(name);
    if (left > 1) loop.callSoon(chain, name, left - 1);
  };
  loop.callSoon(chain, "a", 3);
  loop.callSoon(chain, "b", 3);
};

describe("ScheduleQueue", () => {
  test("is first in, first out without holds", async () => {
    expect(await logOf(twoChains)).toBe("ababab");
  });

  test("makes every legal order, and no other", async () => {
    // After "a", each merging of "aa" and "bbb": a1 begins before b1, since one step has scheduled both.
    const legal = new Set<string>();
    const merge = (order: string, a: number, b: number): void => {
      if (a === 3 && b === 3) legal.add(order);
      if (a < 3) merge(`${order}a`, a + 1, b);
      if (b < 3) merge(`${order}b`, a, b + 1);
    };
    merge("a", 1, 0);
    expect(await allLogs(twoChains)).toEqual(legal);
    expect(legal.size).toBe(10);
  });

  test("keeps the order of what one step has scheduled, whoever else runs in between", async () => {
    const logs = await allLogs((loop, log) => {
      loop.callSoon(() => {
        for (const name of "abc") loop.callSoon(log, name);
      });
      loop.callSoon(() => {
        for (const name of "123") loop.callSoon(log, name);
      });
    });
    expect(new Set(Array.from(logs, (log) => log.replaceAll(/\d/g, "")))).toEqual(new Set(["abc"]));
    expect(new Set(Array.from(logs, (log) => log.replaceAll(/\D/g, "")))).toEqual(new Set(["123"]));
    expect(logs.size).toBe(20); // 6 over 3
  });

  test("runs timers of one deadline in any order, and others in that of their deadlines", async () => {
    const logs = await allLogs((loop, log) => {
      loop.callAt(1, log, "a");
      loop.callAt(1, log, "b");
      loop.callAt(0.1 + 0.2, log, "x");
      loop.callAt(0.3, log, "y");
      loop.callAt(2, log, "z");
    });
    expect(logs).toEqual(new Set(["xyabz", "yxabz", "xybaz", "yxbaz"]));
  });

  test("gives timers of one deadline keys of their own, in whatever turn they become due", async () => {
    const queue = new ScheduleQueue(() => 1);
    const loop = new BaseEventLoop(new VirtualHost(), { readyQueue: queue });
    const rounds = (name: string, left: number): void => {
      if (left > 0) loop.callLater(0, rounds, name, left - 1);
    };
    rounds("a", 6);
    rounds("b", 6);
    loop.callLater(1, () => loop.stop());
    await loop.runForever();
    const keys = queue.deviations.map(({ key }) => key);
    expect(keys.length).toBeGreaterThan(5);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("runs timers that are late in the order of their deadlines", async () => {
    const host = new VirtualHost();
    for (const seed of seeds.slice(0, 300)) {
      const loop = new BaseEventLoop(host, { readyQueue: new ScheduleQueue(holdsOfSeed(seed)) });
      const log: number[] = [];
      const now = loop.time();
      loop.callSoon(() => host.advance(10)); // blocks while they become due
      for (const delay of [3, 1, 2, 4]) loop.callAt(now + delay, () => log.push(delay));
      loop.callAt(now + 20, () => loop.stop());
      await loop.runForever();
      expect(log).toEqual([1, 2, 3, 4]);
    }
  });

  test("lets no time pass while anything can run", async () => {
    const logs = await allLogs((loop, log) => {
      twoChains(loop, log);
      loop.callLater(0.001, log, "!");
    });
    expect(Array.from(logs, (log) => log.at(-1))).toEqual(Array(10).fill("!"));
  });

  test("holds the same step of the same chain in any order", () => {
    const take = (queue: ScheduleQueue): string => (queue.shift() as Named).name;
    const fill = (queue: ScheduleQueue): ScheduleQueue => {
      for (const name of ["a", "b"]) queue.push(new Named(name));
      return queue;
    };
    const queue = fill(new ScheduleQueue(() => 1));
    expect(take(queue)).toBe("a"); // one line: there is nothing to choose from
    queue.push(new Named("a2"));
    expect(take(queue)).toBe("b"); // b is held for a2, which is held as well: the first one runs
    queue.push(new Named("b2"));
    const first = queue.deviations[0] as Deviation;
    expect((first.held as Named).name).toBe("b");

    const again = fill(new ScheduleQueue(holdsOf(new Map([[first.key, 1]]))));
    take(again);
    again.push(new Named("a2"));
    expect([take(again), take(again)]).toEqual(["a2", "b"]);
    expect(again.deviations.map(({ key, hold }) => [key, hold])).toEqual([[first.key, 1]]);
  });

  test("gives a step the same key in every order", () => {
    const keys = new Map<string, Set<number>>();
    for (const seed of seeds.slice(0, 500)) {
      const queue = new ScheduleQueue(holdsOfSeed(seed));
      for (const name of ["a", "b", "c"]) queue.push(new Named(name));
      while (queue.length > 0) {
        const { name } = queue.shift() as Named;
        if (name.length < 4) for (const child of ["x", "y"]) queue.push(new Named(name + child));
      }
      for (const { key, held } of queue.deviations) {
        const { name } = held as Named;
        keys.set(name, (keys.get(name) ?? new Set()).add(key));
      }
    }
    expect(keys.size).toBeGreaterThan(30);
    expect(new Set(Array.from(keys.values(), (each) => each.size))).toEqual(new Set([1]));
    expect(new Set(Array.from(keys.values(), ([key]) => key)).size).toBe(keys.size);
  });

  test("gives out everything when it is cleared", () => {
    const queue = new ScheduleQueue(ordinary);
    for (const name of ["a", "b"]) queue.push(new Named(name));
    expect(queue.length).toBe(2);
    expect(queue.clear()).toHaveLength(2);
    expect(queue.length).toBe(0);
  });
});

class Named implements Runnable {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  run(): void {}
}
