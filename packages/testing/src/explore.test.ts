import { getRunningLoop } from "@asyncio-ts/platform";
import { createTask, sleep } from "@asyncio-ts/tasks";
import { describe, expect, test } from "vitest";
import { scheduleErrorOf } from "../test/failing.ts";
import { explore, type ScheduleError } from "./index.ts";

describe("explore()", () => {
  test("throws what the body fails with in the ordinary order, as it is", async () => {
    const error = new TypeError("always");
    const body = async (): Promise<never> => {
      await sleep(1);
      throw error;
    };
    await expect(explore(body)).rejects.toBe(error);
  });

  test("looks for leaks in each order", async () => {
    const body = async (): Promise<void> => {
      const worker = createTask(async () => {
        await sleep(0);
        await sleep(0);
      });
      const boss = createTask(async () => {
        for (let turn = 0; turn < 5; turn++) await sleep(0);
        if (!worker.done()) getRunningLoop().callLater(5, () => {});
      });
      await worker;
      await boss;
    };
    const error = await scheduleErrorOf(body);
    expect((error.cause as Error).message).toContain("an armed timer");
    expect((await explore(body, { allow: ["timer"] })).runs).toBe(1_001);
  });

  test("tells where the task waits that has to be late", async () => {
    const body = async (): Promise<void> => {
      const log: string[] = [];
      async function late(): Promise<void> {
        await sleep(1);
        log.push("late");
      }
      const tasks = [createTask(late), createTask(() => sleep(1).then(() => log.push("soon")))];
      for (const task of tasks) await task;
      if (log[0] !== "late") throw new Error("wrong order");
    };
    const error = await scheduleErrorOf(body);
    expect(error.deviations).toHaveLength(1);
    expect(error.message).toMatch(/at 1 s, (the end of <Sleep|<Task).* runs only after\n/);
  });

  test("runs a body once that leaves nothing to choose from", async () => {
    expect(await explore(() => sleep(1))).toEqual({ runs: 1, orders: 1 });
  });

  test("needs several deviations where one is not enough, and tells each", async () => {
    const body = async (): Promise<void> => {
      const log: string[] = [];
      await Promise.all(
        ["a", "b", "c"].map((name) =>
          createTask(async () => {
            await sleep(1);
            log.push(name);
          }),
        ),
      );
      if (log.join("") === "cba") throw new Error("backwards");
    };
    const error = await scheduleErrorOf(body);
    expect(error.deviations).toHaveLength(2);
    expect(error.message).toMatch(/\n {2}1\. at 1 s.*\n {2}2\. at 1 s/s);
  });

  test("tells of the failure that it has found, not of another one that needs less", async () => {
    const body = async (): Promise<void> => {
      const log: string[] = [];
      const tasks = ["a", "b", "c"].map((name) => createTask(() => sleep(1).then(() => log.push(name))));
      for (const task of tasks) await task;
      const order = log.join("");
      if (order === "cba") throw new RangeError("backwards");
      if (order !== "abc") throw new TypeError("out of order");
    };
    const errors: ScheduleError[] = [];
    for (let seed = 1; seed <= 100; seed++) {
      await explore(body, { seed, runs: 1 }).catch((error) => void errors.push(error as ScheduleError));
    }
    const counts = (name: string): Set<number> => {
      const alike = errors.filter(({ cause }) => (cause as Error).name === name);
      return new Set(alike.map(({ deviations }) => deviations.length));
    };
    expect([counts("TypeError"), counts("RangeError")]).toEqual([new Set([1]), new Set([2])]);
  }, 60_000);

  test("finds soon that a body goes round for ever in some order", async () => {
    const body = async (): Promise<void> => {
      let isOpen = false;
      const porter = createTask(async () => {
        await sleep(0);
        isOpen = true;
        await sleep(0);
        isOpen = false;
      });
      const guest = createTask(function* () {
        while (!isOpen) yield* sleep(0);
      });
      await porter;
      await guest;
    };
    const error = await scheduleErrorOf(body);
    expect((error.cause as Error).message).toMatch(/^The test took more than 1\d{4} turns/);
    await expect(explore(body, { turns: 5_000 })).rejects.toThrow("more than 5000 turns");
  }, 30_000);

  test("does not look long for a shorter schedule where a run takes its time", async () => {
    let runs = 0;
    let found = 0;
    const body = async (): Promise<void> => {
      runs++;
      const end = performance.now() + 20;
      while (performance.now() < end);
      const log: string[] = [];
      const tasks = ["a", "b", "c"].map((name) => createTask(() => sleep(1).then(() => log.push(name))));
      for (const task of tasks) await task;
      if (log.join("") === "abc") return;
      found ||= runs;
      throw new Error("out of order");
    };
    const error = await scheduleErrorOf(body);
    expect(found).toBeGreaterThan(1);
    expect(runs - found).toBeLessThan(160); // all that could be tried are more than 200
    await expect(explore(body, { replay: error.replay })).rejects.toThrow("out of order");
  }, 30_000);

  test("takes the same course with the same seed, and another one with another", async () => {
    const seen: string[] = [];
    const body = async (): Promise<void> => {
      const log: string[] = [];
      const tasks = ["a", "b", "c", "d", "e"].map((name) => createTask(() => sleep(1).then(() => log.push(name))));
      for (const task of tasks) await task;
      seen.push(log.join(""));
    };
    const course = async (seed: number): Promise<string[]> => {
      await explore(body, { seed, runs: 20 });
      return seen.splice(0);
    };
    const first = await course(1);
    expect(await course(1)).toEqual(first);
    expect(await course(21)).not.toEqual(first);
    expect((await course(2)).slice(1, 20)).toEqual(first.slice(2));
    expect(first[0]).toBe("abcde");
    expect(new Set(first).size).toBeGreaterThan(5);
  });

  test("of a replay that passes answers, and of one that is none refuses", async () => {
    expect(await explore(() => sleep(1), { replay: "5+1" })).toEqual({ runs: 1, orders: 1 });
    await expect(explore(() => sleep(1), { replay: "?" })).rejects.toThrow("Cannot read the schedule");
  });

  test("refuses what it cannot use", async () => {
    await expect(explore(1 as never)).rejects.toThrow("explore() needs a function, not 1");
    await expect(explore(() => sleep(1), { runs: "5" as never })).rejects.toThrow(TypeError);
    await expect(explore(() => sleep(1), { runs: -5 })).rejects.toThrow("explore() cannot use -5 as runs");
    await expect(explore(() => sleep(1), { seed: 0.5 })).rejects.toThrow(RangeError);
    await expect(explore(() => sleep(1), { replay: 5 as never })).rejects.toThrow(TypeError);
  });
});
