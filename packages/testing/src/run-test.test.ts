import { DeadlockError, getRunningLoop } from "@asyncio-ts/platform";
import {
  CancelledError,
  coroutine,
  createTask,
  currentTask,
  Future,
  type GeneratorBody,
  sleep,
} from "@asyncio-ts/tasks";
import { describe, expect, test, vi } from "vitest";
import {
  LeakError,
  type RunTestOptions,
  runTest,
  type TestBody,
  TestTimeoutError,
  VirtualEventLoop,
  waitAllTasksBlocked,
} from "./index.ts";

async function failureOf<T>(body: TestBody<T>, options: RunTestOptions = {}): Promise<Error> {
  try {
    await runTest(body, options);
  } catch (error) {
    return error as Error;
  }
  throw new Error("The test was expected to fail");
}

async function leaksOf(body: TestBody<unknown>, options: RunTestOptions = {}): Promise<string[]> {
  const error = await failureOf(body, options);
  expect(error).toBeInstanceOf(LeakError);
  return (error as LeakError).leaks.map(({ kind }) => kind);
}

/** Both kinds of a body that does `act`, then sleeps for `seconds`. */
function bodies(act: () => unknown, seconds = 1): TestBody<void>[] {
  return [
    async () => {
      act();
      await sleep(seconds);
    },
    function* () {
      act();
      yield* sleep(seconds);
    },
  ];
}

const spam = coroutine(function* spam(): GeneratorBody<void> {});

describe("runTest()", () => {
  test("answers what the body returns, at no cost of time, in the main task of its loop", async () => {
    const began = performance.now();
    const results = [
      await runTest(async (loop) => {
        await sleep(86_000);
        return [loop.time(), loop === getRunningLoop(), loop instanceof VirtualEventLoop, currentTask()?.getName()];
      }),
      await runTest(function* (loop) {
        yield* sleep(86_000);
        return [loop.time(), loop === getRunningLoop(), loop instanceof VirtualEventLoop, currentTask()?.getName()];
      }),
      await runTest(() => sleep(1, [86_000, true, true, "main"])),
    ];
    expect(results).toEqual(Array(3).fill([86_000, true, true, "main"]));
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  test("throws what the body throws, and closes the loop", async () => {
    const error = new RangeError("boom");
    let given: VirtualEventLoop | undefined;
    const failing: TestBody<void>[] = [
      async (loop) => {
        given = loop;
        await sleep(1);
        throw error;
      },
      function* (loop) {
        given = loop;
        yield* sleep(1);
        throw error;
      },
    ];
    for (const body of failing) {
      expect(await failureOf(body)).toBe(error);
      expect(given?.isClosed()).toBe(true);
    }
  });

  test("lets tasks that only have to be left alone come to their end", async () => {
    for (const body of bodies(() => void createTask(() => sleep(0)))) await runTest(body, {});
    const several = async (): Promise<void> => {
      for (let turn = 0; turn < 9; turn++) await sleep(0);
    };
    await runTest(async () => void createTask(several));
    await runTest(async () => {
      const task = createTask(() => sleep(10));
      await sleep(0);
      task.cancel();
    });
  });

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
        /^The test has left something behind\n {2}a pending task: <Task pending name='poller' coro=poll\(\) waiting on <Sleep pending>>\n.*poll .*run-test\.test\.ts.*\n {2}created at\n.*bodies|run-test/,
      );
      expect(error.message.match(/a pending task|an armed timer/g)).toEqual(["a pending task"]);
    }
    expect(cleaned).toBe(2);
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
      expect(error.message).toMatch(/\n {2}a coroutine that was never awaited: spam\(\)\n {2}created at\n.*run-test/);
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
    expect((await failureOf(leak)).message).toMatch(/created at\n.*run-test\.test/);
    expect((await failureOf(leak, { debug: false })).message).not.toContain("run-test.test");
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

  test("fails at the timeout, in virtual time, and names who waits for what", async () => {
    let cancelled = 0;
    const wait: TestBody<void>[] = [
      async () => {
        try {
          await new Future();
        } catch (error) {
          if (error instanceof CancelledError) cancelled++;
          throw error;
        }
      },
      function* () {
        try {
          yield* new Future();
        } catch (error) {
          if (error instanceof CancelledError) cancelled++;
          throw error;
        }
      },
    ];
    for (const body of wait) {
      let loop: VirtualEventLoop | undefined;
      const error = await failureOf(
        (given) => {
          loop = given;
          createTask(
            async () => {
              for (;;) await sleep(1);
            },
            { name: "ticker" },
          );
          return body(given);
        },
        { timeout: 10.5 },
      );
      expect(error).toBeInstanceOf(TestTimeoutError);
      expect(error.message).toMatch(/^The test took longer than 10\.5 s of virtual time; tasks pending: 2\n/);
      expect(error.message).toMatch(/name='main' waiting on <Future pending>>\n.*run-test\.test.*\n.*name='ticker'/s);
      expect(loop?.time()).toBe(10.5);
    }
    expect(cancelled).toBe(2);
  });

  test("gives the tasks as much time again to clean up at the timeout", async () => {
    let cleaned = 0;
    const body = async (): Promise<void> => {
      try {
        await new Future<void>().finally(() => {});
      } finally {
        cleaned++;
        await sleep(5);
        cleaned++;
      }
    };
    const ticker = async (): Promise<void> => {
      for (;;) await sleep(1);
    };
    const error = await failureOf(
      () => {
        createTask(ticker);
        return body();
      },
      { timeout: 10 },
    );
    expect([error instanceof TestTimeoutError, cleaned]).toEqual([true, 2]);
  });

  test("has a timeout of a day, so that an endless task does not hold it up", async () => {
    const endless = async (): Promise<never> => {
      for (;;) await sleep(3600);
    };
    const error = await failureOf(async () => {
      createTask(endless);
      await new Future();
    });
    expect(error.message).toContain("longer than 86400 s");
  });

  test("fails at the timeout, when the body has let more time pass while it ran", async () => {
    const blocking: TestBody<void>[] = [
      async (loop) => {
        loop.host.advance(11);
        await sleep(1);
      },
      function* (loop) {
        loop.host.advance(11);
        yield* sleep(1);
      },
      async (loop) => loop.host.advance(11),
    ];
    for (const body of blocking) {
      expect((await failureOf(body, { timeout: 10 })).message).toContain("longer than 10 s of virtual time");
    }
  });

  test("a body that is in time passes, at the very limit as well", async () => {
    expect(await runTest(() => sleep(10, "in time"), { timeout: 10 })).toBe("in time");
    await runTest(() => sleep(0.1).then(() => sleep(0.2)), { timeout: 0.3 }); // 0.1 + 0.2 is a little more
  });

  test("fails with a DeadlockError when nothing can wake the loop, and names who waits for what", async () => {
    for (const body of bodies(() => {}, Number.POSITIVE_INFINITY)) {
      const error = await failureOf(body);
      expect(error).toBeInstanceOf(DeadlockError);
      expect(error.message).toMatch(
        /tasks pending: 1\n {2}<Task pending name='main'.* waiting on <Sleep pending>>\n.*bodies|run-test/,
      );
    }
  });

  test("does not wait for the outside, and says so", async () => {
    const outside = async (): Promise<void> => await new Promise((resolve) => setTimeout(resolve, 20));
    const print = vi.spyOn(console, "error").mockReturnValue();
    const error = await failureOf(outside);
    expect(error).toBeInstanceOf(DeadlockError);
    expect(print).not.toHaveBeenCalled();
    print.mockRestore();
    expect(error.message).toContain("waits on a promise that no loop knows of");
    expect(error.message).toContain(
      "Virtual time waits for nothing from outside of the loop, unless the option patience",
    );
    expect((await failureOf(() => new Future<void>())).message).not.toContain("patience");
  });

  test("has patience with the outside if it is told to, before time jumps and before it gives up", async () => {
    const outside = (): Promise<string> => new Promise((resolve) => setTimeout(resolve, 20, "from outside"));
    expect(await runTest(async () => await outside(), { patience: 2 })).toBe("from outside");
    const order = await runTest(
      async () => {
        const log: string[] = [];
        const sleeper = createTask(async () => {
          await sleep(3600);
          log.push("an hour later");
        });
        log.push(await outside());
        await sleeper;
        return log;
      },
      { patience: 0.2 },
    );
    expect(order).toEqual(["from outside", "an hour later"]);
    const stuck = await failureOf(async () => await new Promise(() => {}), { patience: 0.01 });
    expect(stuck).toBeInstanceOf(DeadlockError);
    expect(stuck.message).not.toContain("patience");
  });

  test("does not mistake a test that works a lot at one instant for one that goes round for ever", async () => {
    const many = 150_000;
    await runTest(function* () {
      for (let turn = 0; turn < many; turn++) yield* sleep(0);
    });
    await runTest(
      async (loop) => {
        for (let look = 0; look < many * 10; look++) loop.time();
        for (let turn = 0; turn < 5_000; turn++) await sleep(0);
      },
      { turns: 10_000 },
    );
    await runTest(
      function* () {
        for (let turn = 0; turn < 30_000; turn++) yield* sleep(turn % 5_000 === 0 ? 1 : 0);
      },
      { turns: 10_000 },
    );
  }, 60_000);

  test("fails when the loop goes round while its clock stands still, and names who does what", async () => {
    const spinning: TestBody<void>[] = [
      function* spin() {
        for (;;) yield* sleep(0);
      },
      async function spin() {
        for (;;) await sleep(0);
      },
      async function spin() {
        for (;;) await waitAllTasksBlocked();
      },
    ];
    for (const body of spinning) {
      let loop: VirtualEventLoop | undefined;
      const error = await failureOf(
        (given) => {
          loop = given;
          createTask(() => sleep(1), { name: "sleeper" });
          return body(given);
        },
        { turns: 3_000 },
      );
      expect(error).toBeInstanceOf(TestTimeoutError);
      expect(error.message).toMatch(
        /^The test took more than 3000 turns while its clock stood still; tasks pending: 2\n/,
      );
      expect(error.message).toMatch(
        /\n {2}<Task pending name='main'.*\n {2}<Task pending name='sleeper' waiting on <Sleep pending>>/s,
      );
      expect(loop?.isClosed()).toBe(true);
    }
  }, 60_000);

  test("fails so as well when the body has ended, and what it has left goes round", async () => {
    const spin = function* (): GeneratorBody<void> {
      for (;;) yield* sleep(0);
    };
    for (const body of bodies(() => void createTask(spin, { name: "spinner" }))) {
      expect((await failureOf(body, { turns: 3_000 })).message).toMatch(/more than 3000 turns.*name='spinner'/s);
    }
    const left = async (): Promise<void> => void createTask(spin, { name: "spinner" });
    expect((await failureOf(left, { turns: 3_000 })).message).toMatch(/more than 3000 turns.*name='spinner'/s);
  });

  test("tells that by no error inside of the program, which could catch it, but by its end", async () => {
    let caught = 0;
    const error = await failureOf(
      async (loop) => {
        for (;;) {
          try {
            loop.time();
            await sleep(0);
          } catch (reason) {
            caught++;
            if (reason instanceof CancelledError) throw reason;
          }
        }
      },
      { turns: 3_000 },
    );
    expect([error instanceof TestTimeoutError, caught]).toEqual([true, 1]);
  });

  test("ends a test that goes round even when it is cancelled", async () => {
    const error = await failureOf(
      function* () {
        for (;;) {
          try {
            yield* sleep(0);
          } catch {}
        }
      },
      { turns: 3_000, debug: false },
    );
    expect(error.message).toContain("more than 3000 turns");
  });

  test("prints the reports of a body that fails by itself", async () => {
    const print = vi.spyOn(console, "error").mockReturnValue();
    const error = await failureOf(async (loop) => {
      loop.callExceptionHandler({ message: "the reason, perhaps" });
      spam();
      throw new Error("the failure");
    });
    expect(error.message).toBe("the failure");
    expect(print.mock.calls).toEqual([["the reason, perhaps"]]);
    print.mockRestore();
  });

  test("is refused inside a running loop", async () => {
    const inner = async (): Promise<Error> => await failureOf(async () => {});
    expect((await runTest(inner)).message).toContain("running");
  });

  test("refuses what it cannot use, at the call", async () => {
    const body = async (): Promise<void> => {};
    await expect(runTest(1 as never)).rejects.toThrow("runTest() needs a function, not 1");
    await expect(runTest(body, { timeout: "1" as never })).rejects.toThrow(TypeError);
    await expect(runTest(body, { timeout: Number.NaN })).rejects.toThrow(RangeError);
    await expect(runTest(body, { turns: 0 })).rejects.toThrow("runTest() cannot use 0 as turns");
    await expect(runTest(body, { turns: "5" as never })).rejects.toThrow(TypeError);
    await expect(runTest(body, { patience: -1 })).rejects.toThrow("runTest() cannot use -1 as patience");
    await expect(runTest(body, { allow: "task" as never })).rejects.toThrow(TypeError);
    await expect(runTest(body, { allow: ["tasks" as never] })).rejects.toThrow(
      'does not know the kind of leak "tasks"',
    );
  });
});
