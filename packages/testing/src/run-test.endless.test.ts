import { CancelledError, createTask, type GeneratorBody, sleep } from "@asyncio-ts/tasks";
import { describe, expect, test } from "vitest";
import { bodies, failureOf } from "../test/failing.ts";
import { runTest, type TestBody, TestTimeoutError, type VirtualEventLoop, waitAllTasksBlocked } from "./index.ts";

describe("runTest()", () => {
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
});
