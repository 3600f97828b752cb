import { createTask, type Future, Future as NewFuture, sleep, type Task } from "@asyncio-ts/tasks";
import { awaited, engines, type MakeBody } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { scheduleErrorOf } from "../test/failing.ts";
import { explore, type RunTestOptions, runTest, type TestBody } from "./index.ts";

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
      const error = await scheduleErrorOf(body(false));
      // Told in runs, of which a thousand take a second or two: how long that is depends on what else the machine does.
      expect(Number(/Run (\d+) has failed/.exec(error.message)?.[1])).toBeLessThan(100);
      expect((error.cause as Error).message).toContain(failure);
      expect(error.deviations).toHaveLength(1);
      await expect(explore(body(false), { replay: error.replay })).rejects.toThrow(failure);
      const again = await scheduleErrorOf(body(false), { seed: error.seed as number, runs: 1 });
      expect([again.seed, again.replay]).toEqual([error.seed, error.replay]);
    });

    test(`is not in the right program, by whatever order: ${engine}`, { timeout: 30_000 }, async () => {
      const { runs, orders } = await explore(body(true));
      expect(runs).toBe(1_001);
      expect(orders).toBeGreaterThan(4);
    });
  }
});
