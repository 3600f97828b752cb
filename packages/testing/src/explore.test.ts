import { getRunningLoop } from "@asyncio-ts/platform";
import { createTask, type Future, Future as NewFuture, sleep, type Task } from "@asyncio-ts/tasks";
import { awaited, engines, type MakeBody } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { type ExploreOptions, explore, type RunTestOptions, runTest, ScheduleError, type TestBody } from "./index.ts";

async function failureOf(body: TestBody<unknown>, options: ExploreOptions = {}): Promise<ScheduleError> {
  try {
    await explore(body, options);
  } catch (error) {
    if (error instanceof ScheduleError) return error;
    throw error;
  }
  throw new Error("No failing order was found");
}

type Steps<T> = Generator<unknown, T, unknown>;

/** A race, and the same program without it, in bodies of each kind. */
interface Race {
  readonly name: string;
  readonly failure: string;
  program(body: MakeBody, isRight: boolean): () => Steps<void>;
}

/** Pause for `turns` turns. */
function* pause(turns: number): Steps<void> {
  for (let turn = 0; turn < turns; turn++) yield* awaited(sleep(0));
}

function* joined(tasks: readonly Task<void>[]): Steps<void> {
  for (const task of tasks) yield* awaited(task);
}

const checkThenAct: Race = {
  name: "check-then-act around an await",
  failure: "The balance is -60",
  program: (body, isRight) =>
    function* main() {
      let balance = 100;
      const withdraw = body(function* withdraw(amount: number, distance: number) {
        yield* pause(distance);
        if (balance < amount) return;
        if (isRight) balance -= amount;
        yield* awaited(sleep(0)); // asks somebody else
        if (!isRight) balance -= amount;
      });
      yield* joined([
        createTask(() => withdraw(80, 1), { name: "near" }),
        createTask(() => withdraw(80, 4), { name: "far" }),
      ]);
      if (balance < 0) throw new Error(`The balance is ${balance}`);
    },
};

const lostWakeUp: Race = {
  name: "a lost wake-up",
  failure: "Nothing can wake the event loop any more",
  program: (body, isRight) =>
    function* main() {
      let isReady = false;
      let waiter: Future<void> | null = null;
      const waitUntilReady = body(function* waitUntilReady() {
        if (isReady) return;
        yield* awaited(sleep(0)); // what happens here, nobody hears
        if (isRight && isReady) return;
        waiter = new NewFuture<void>();
        yield* awaited(waiter);
      });
      const makeReady = body(function* makeReady() {
        yield* pause(3);
        isReady = true;
        waiter?.setResult();
      });
      yield* joined([createTask(waitUntilReady, { name: "waiting" }), createTask(makeReady, { name: "making" })]);
    },
};

const cancelAgainstCompletion: Race = {
  name: "a cancel against a completion",
  failure: "The item is lost",
  program: (body, isRight) =>
    function* main() {
      const items: string[] = [];
      let getter: Future<string> | null = null;
      let received: string | null = null;
      const get = body(function* get() {
        if (items.length > 0) return items.shift() as string;
        const mine = new NewFuture<string>();
        getter = mine;
        try {
          return (yield* awaited(mine)) as string;
        } catch (error) {
          if (isRight && mine.done() && !mine.cancelled()) items.unshift(mine.result());
          throw error;
        }
      });
      const put = body(function* put() {
        yield* awaited(sleep(1));
        if (getter === null || getter.done()) items.push("item");
        else getter.setResult("item");
      });
      const consumer = createTask(
        body(function* consume() {
          received = yield* awaited(get());
        }),
        { name: "consumer" },
      );
      const impatience = createTask(
        body(function* giveUp() {
          yield* awaited(sleep(1));
          consumer.cancel();
        }),
        { name: "impatience" },
      );
      const producer = createTask(put, { name: "producer" });
      yield* awaited(producer);
      yield* awaited(impatience);
      try {
        yield* awaited(consumer);
      } catch {}
      if (received === null && items.length === 0) throw new Error("The item is lost");
    },
};

describe.each([checkThenAct, lostWakeUp, cancelAgainstCompletion])("$name", ({ program, failure }) => {
  for (const [engine, makeBody] of Object.entries(engines)) {
    const body = (isRight: boolean): TestBody<void> => {
      return () => {
        const make = makeBody();
        return make(program(make, isRight))();
      };
    };
    const options: RunTestOptions = { debug: false };

    test(`never shows in 1,000 ordinary runs: ${engine}`, { timeout: 30_000 }, async () => {
      for (let run = 0; run < 1_000; run++) await runTest(body(false), options);
    });

    test(`is found by explore() within seconds, and shrunk to what matters: ${engine}`, {
      timeout: 30_000,
    }, async () => {
      const error = await failureOf(body(false));
      // Told in runs, of which a thousand take a second or two: how long that is depends on what else the machine does.
      expect(Number(/Run (\d+) has failed/.exec(error.message)?.[1])).toBeLessThan(100);
      expect((error.cause as Error).message).toContain(failure);
      expect(error.deviations).toHaveLength(1);
      await expect(explore(body(false), { replay: error.replay })).rejects.toThrow(failure);
      const again = await failureOf(body(false), { seed: error.seed as number, runs: 1 });
      expect([again.seed, again.replay]).toEqual([error.seed, error.replay]);
    });

    test(`is not in the right program, by whatever order: ${engine}`, { timeout: 30_000 }, async () => {
      const { runs, orders } = await explore(body(true));
      expect(runs).toBe(1_001);
      expect(orders).toBeGreaterThan(4);
    });
  }
});

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
    const error = await failureOf(body);
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
    const error = await failureOf(body);
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
    const error = await failureOf(body);
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
    const error = await failureOf(body);
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
    const error = await failureOf(body);
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
