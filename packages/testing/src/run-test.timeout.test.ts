import { CancelledError, createTask, Future, sleep } from "@asyncio-ts/tasks";
import { describe, expect, test } from "vitest";
import { failureOf } from "../test/failing.ts";
import { runTest, type TestBody, TestTimeoutError, type VirtualEventLoop } from "./index.ts";

describe("runTest()", () => {
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
      expect(error.message).toMatch(
        /name='main' waiting on <Future pending>>\n.*run-test\.timeout\.test.*\n.*name='ticker'/s,
      );
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
});
