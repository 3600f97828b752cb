import { getRunningLoop } from "@asyncio-ts/platform";
import { coroutine, createTask, Future, type GeneratorBody, sleep } from "@asyncio-ts/tasks";
import { describe, expect, test, vi } from "vitest";
import { bodies, failureOf } from "../test/failing.ts";
import { LeakError, type RunTestOptions, runTest, type TestBody, type VirtualEventLoop } from "./index.ts";

async function leaksOf(body: TestBody<unknown>, options: RunTestOptions = {}): Promise<string[]> {
  const error = await failureOf(body, options);
  expect(error).toBeInstanceOf(LeakError);
  return (error as LeakError).leaks.map(({ kind }) => kind);
}

const spam = coroutine(function* spam(): GeneratorBody<void> {});

describe("runTest()", () => {
  test("fails with a pending task, which cleans up", async () => {
    let cleaned = 0;
    async function poll(): Promise<void> {
      try {
        await sleep(60);
      } finally {
        await sleep(5);
        cleaned++;
      }
    }
    for (const body of bodies(() => void createTask(poll, { name: "poller" }))) {
      const error = await failureOf(body);
      expect(error.message).toMatch(
        /^The test has left something behind\n {2}a pending task: <Task pending name='poller' coro=poll\(\) waiting on <Sleep pending>>\n( {6}at .*\n)* {2}created at\n.*run-test\.leaks\.test/,
      );
      expect(error.message.match(/a pending task|an armed timer/g)).toEqual(["a pending task"]);
    }
    expect(cleaned).toBe(2);
  });

  test("tells where a pending task waits that is left", async () => {
    async function poll(): Promise<void> {
      await sleep(60);
    }
    const error = await failureOf(async () => {
      createTask(poll);
      await sleep(1);
    });
    expect(error.message).toMatch(/waiting on <Sleep pending>>\n.*poll .*run-test\.leaks\.test\.ts/);
  });

  test("fails with an armed timer, but not with a cancelled or fired one", async () => {
    const arm = (): void => {
      const loop = getRunningLoop();
      loop.callLater(0.5, () => {});
      loop.callLater(5, () => {}).cancel();
      loop.callLater(10, function ring() {});
    };
    for (const body of bodies(arm)) {
      const error = await failureOf(body);
      expect(error.message).toMatch(
        /\n {2}an armed timer: <TimerHandle ring\(\) when=10 created at .*> due at 10 s\n {2}created at\n.*at arm /,
      );
      expect((error as LeakError).leaks).toHaveLength(1);
    }
  });

  test("fails with a sleep that goes on though nobody waits any more", async () => {
    const error = await failureOf(async () => {
      await Promise.race([sleep(10), sleep(1)]);
    });
    expect(error.message).toContain("\n  an armed timer: <Sleep pending> due at 10 s");
  });

  test("fails with an exception that nobody has read, which is the cause", async () => {
    const boom = new Error("boom");
    for (const body of bodies(() => new Future().setException(boom))) {
      const error = await failureOf(body);
      expect(error.message).toMatch(
        /\n {2}a report: Future exception was never retrieved: <Future finished.*boom.*>\n/,
      );
      expect(error.cause).toBe(boom);
      expect((error as LeakError).leaks.map(({ kind }) => kind)).toEqual(["exception"]);
    }
  });

  test("fails with a coroutine that nobody has awaited, without a warning of the process", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockReturnValue();
    for (const body of bodies(spam)) {
      const error = await failureOf(body);
      expect(error.message).toMatch(
        /\n {2}a coroutine that was never awaited: spam\(\)\n {2}created at\n.*failing\.ts/,
      );
    }
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  test("fails with what the exception handler was told, unless the body has set its own", async () => {
    const fail = (): void => {
      getRunningLoop().callSoon(function explode() {
        throw new Error("bang");
      });
    };
    for (const body of bodies(fail)) {
      const error = await failureOf(body);
      expect(error.message).toContain("a report: Exception in callback explode()");
      expect(error.message).toContain("exception: Error: bang");
      expect((error.cause as Error).message).toBe("bang");
    }
    for (const body of bodies(() => {
      getRunningLoop().setExceptionHandler(() => {});
      fail();
    })) {
      await runTest(body);
    }
  });

  test("lists everything in one error", async () => {
    for (const debug of [true, false]) {
      const kinds = await leaksOf(
        async (loop) => {
          createTask(() => sleep(9));
          spam();
          loop.callLater(9, () => {});
          new Future().setException(new Error("a"));
          loop.callExceptionHandler({ message: "b" });
          await sleep(1);
        },
        { debug },
      );
      expect(kinds.sort()).toEqual(["coroutine", "exception", "report", "task", "timer"]);
    }
  });

  test("tells where things were made in debug mode, which is on by default", async () => {
    const leak = async (): Promise<void> => void createTask(() => sleep(9), { name: "t" });
    expect((await failureOf(leak)).message).toMatch(/created at\n.*run-test\.leaks\.test/);
    expect((await failureOf(leak, { debug: false })).message).not.toContain("run-test.leaks.test");
  });

  test("lets pass what is allowed, and nothing else", async () => {
    const leak = async (loop: VirtualEventLoop): Promise<void> => {
      createTask(() => sleep(9));
      loop.callLater(9, () => {});
      await sleep(0);
    };
    expect(await leaksOf(leak, { allow: ["task"] })).toEqual(["timer"]);
    expect(await leaksOf(leak, { allow: ["timer", "report"] })).toEqual(["task"]);
    await runTest(leak, { allow: ["timer", "task"] });
  });

  test("fails with a task that refuses to end", async () => {
    const stubborn = async (): Promise<void> => {
      for (;;) await new Future<void>().catch(() => {});
    };
    const kinds = await leaksOf(async () => void createTask(stubborn), { allow: ["report"] });
    expect(new Set(kinds)).toEqual(new Set(["task"]));
  });
});
