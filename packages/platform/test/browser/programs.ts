import { ContextVar } from "@asyncio-ts/contextvars";
import { CancelledError, createTask, currentTask, sleep } from "@asyncio-ts/tasks";
import { run } from "../../src/index.ts";

const name = new ContextVar<string>("name");

/** Programs for a page and for a worker, in real time; each answers what it has found. */
export const programs: Readonly<Record<string, () => Promise<unknown>>> = {
  /** Tasks take turns, each in its own context. */
  turns: () =>
    run(function* () {
      const seen: string[] = [];
      const tasks = ["a", "b"].map((each) =>
        createTask(function* () {
          name.set(each);
          for (let step = 1; step <= 2; step++) {
            yield* sleep(0);
            seen.push(`${name.get()}${step}`);
          }
        }),
      );
      for (const task of tasks) yield* task;
      return seen;
    }),

  /** Timers are never early, and fire in the order of their deadlines. */
  timers: () =>
    run(function* () {
      const seen: number[] = [];
      const naps = [30, 10, 20].map((ms) =>
        createTask(function* () {
          const begun = performance.now();
          yield* sleep(ms / 1000);
          seen.push(ms);
          return performance.now() - begun >= ms;
        }),
      );
      const inTime: boolean[] = [];
      for (const nap of naps) inTime.push(yield* nap);
      return [seen, inTime];
    }),

  /** A cancel arrives where the body is suspended. */
  cancel: () =>
    run(function* () {
      const task = createTask(function* () {
        try {
          yield* sleep(60);
        } catch (error) {
          return [error instanceof CancelledError, (error as CancelledError).reason, currentTask()?.cancelling()];
        }
        return [];
      });
      yield* sleep(0.001);
      task.cancel("enough");
      return yield* task;
    }),

  /** A step of an `async` function comes to rest before the next one begins. */
  native: () =>
    run(async () => {
      const seen: string[] = [];
      const body = async (who: string): Promise<void> => {
        for (let step = 1; step <= 2; step++) {
          seen.push(`${who}${step}`);
          for (let hop = 0; hop < 20; hop++) await null;
          seen.push(`${who}${step}`);
          await sleep(0);
        }
      };
      const tasks = ["a", "b"].map((who) => createTask(() => body(who)));
      for (const task of tasks) await task;
      return seen;
    }),

  /** 1,000 `async` functions that spin leave room for the events of the page as well. */
  nativeFairness: () =>
    run(async () => {
      let events = 0;
      const interval = setInterval(() => events++, 1);
      const until = performance.now() + 100;
      const spin = async (): Promise<void> => {
        while (performance.now() < until) await sleep(0);
      };
      for (const task of Array.from({ length: 1_000 }, () => createTask(spin))) await task;
      clearInterval(interval);
      return events >= 5;
    }),

  /** 1,000 tasks that spin leave room for the events of the page: so many arrive meanwhile. */
  fairness: () =>
    run(function* () {
      let events = 0;
      const interval = setInterval(() => events++, 1);
      const until = performance.now() + 100;
      const tasks = Array.from({ length: 1_000 }, () =>
        createTask(function* () {
          while (performance.now() < until) yield* sleep(0);
        }),
      );
      for (const task of tasks) yield* task;
      clearInterval(interval);
      return events >= 5;
    }),
};

/** What each answers. */
export const answers: Readonly<Record<string, unknown>> = {
  turns: ["a1", "b1", "a2", "b2"],
  timers: [
    [10, 20, 30],
    [true, true, true],
  ],
  cancel: [true, "enough", 1],
  native: ["a1", "a1", "b1", "b1", "a2", "a2", "b2", "b2"],
  nativeFairness: true,
  fairness: true,
};
