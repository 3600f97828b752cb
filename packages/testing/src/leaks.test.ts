import { coroutine, createTask, Future, sleep, type Task, waitWithin } from "@asyncio-ts/tasks";
import { describe, expect, test } from "vitest";
import { Alarm } from "../test/alarm.ts";
import { type Leak, LeakError, runTest, type TestBody } from "./index.ts";

async function leaksOf(body: TestBody<unknown>): Promise<readonly Leak[]> {
  const error: unknown = await runTest(body, { debug: false }).catch((reason: unknown) => reason);
  if (error instanceof LeakError) return error.leaks;
  throw new Error("The test was expected to leave something behind", { cause: error });
}

const waitForever = coroutine(() => waitWithin("wait", new Future<void>(), { timeout: 60 }));

describe("the leaks of a test", () => {
  test("show a timer that has no text of its own by its kind and its deadline", async () => {
    const leaks = await leaksOf(async (loop) => {
      loop.scheduleAt(new Alarm());
      await sleep(1);
    });
    expect(leaks).toEqual([{ kind: "timer", text: "an armed timer: <Alarm> due at 60 s" }]);
  });

  test("do not list the timers of a task that is pending beside it: they end with the task", async () => {
    for (const wait of [waitForever, async () => await waitForever()]) {
      const leaks = await leaksOf(async () => {
        createTask(wait, { name: "waiting" });
        await sleep(1);
      });
      expect(leaks.map(({ kind }) => kind)).toEqual(["task"]);
    }
  });

  test("list what a pending task has left to be called later: that does not end with the task", async () => {
    const leaks = await leaksOf(async (loop) => {
      createTask(async () => {
        loop.callLater(60, function ring() {});
        await new Future();
      });
      await sleep(1);
    });
    expect(leaks.map(({ text }) => text)).toEqual([
      expect.stringContaining("a pending task"),
      "an armed timer: <TimerHandle ring() when=60> due at 60 s",
    ]);
  });

  test("list the timer that a task has left which has ended", async () => {
    const leaks = await leaksOf(async (loop) => await createTask(async () => loop.scheduleAt(new Alarm())));
    expect(leaks.map(({ kind }) => kind)).toEqual(["timer"]);
  });

  test("are told apart by what a report is about, whatever its message says", async () => {
    const boom = new Error("boom");
    const tellOf = (about: (loop: { createFuture(): Future<void> }, task: Task<void>) => object): TestBody<void> => {
      return async (loop) => {
        const task = createTask(() => sleep(0));
        loop.callExceptionHandler({ message: "told", ...about(loop, task) });
        await task;
      };
    };
    const kindOf = async (body: TestBody<void>): Promise<unknown> => (await leaksOf(body)).map(({ kind }) => kind);
    expect(await kindOf(tellOf((loop) => ({ future: loop.createFuture(), exception: boom })))).toEqual(["exception"]);
    expect(await kindOf(tellOf((_, task) => ({ task })))).toEqual(["task"]);
    expect(await kindOf(tellOf((_, task) => ({ task, exception: boom })))).toEqual(["report"]);
    expect(await kindOf(tellOf(() => ({ exception: boom })))).toEqual(["report"]);
    expect(await kindOf(tellOf(() => ({})))).toEqual(["report"]);
  });
});
