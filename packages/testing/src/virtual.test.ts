import { getRunningLoop } from "@asyncio-ts/platform";
import { createTask, sleep } from "@asyncio-ts/tasks";
import { describe, expect, test } from "vitest";
import { LeakError, VirtualEventLoop, virtual } from "./index.ts";

describe("virtual()", () => {
  test(
    "makes a test of vitest, of an async function",
    virtual(async ({ task }) => {
      await sleep(3600);
      expect(task.name).toBe("makes a test of vitest, of an async function");
      expect(getRunningLoop()).toBeInstanceOf(VirtualEventLoop);
      expect(getRunningLoop().time()).toBe(3600);
    }),
  );

  test(
    "makes a test of vitest, of a generator",
    virtual(function* ({ task }: { readonly task: { readonly name: string } }) {
      yield* sleep(3600);
      expect(task.name).toBe("makes a test of vitest, of a generator");
      expect(getRunningLoop().time()).toBe(3600);
    }),
  );

  const extended = test.extend({ answer: 42 });

  extended(
    "passes the fixtures of vitest on",
    virtual(async ({ answer }) => {
      await sleep(1);
      expect(answer).toBe(42);
    }),
  );

  test("makes a function that looks for leaks, with the options given, each time it is called", async () => {
    const leak = async (): Promise<void> => void createTask(() => sleep(1));
    const failing = virtual(leak);
    await expect(failing()).rejects.toThrow(LeakError);
    await expect(failing()).rejects.toThrow(LeakError);
    await virtual(leak, { allow: ["task"] })();
  });

  test("shows as the body, and takes no callback, whatever a test runner makes of that", () => {
    const body = async function named(_context: object): Promise<void> {};
    expect([String(virtual(body)), virtual(body).name, virtual(body).length]).toEqual([String(body), "named", 0]);
  });

  test("refuses what it cannot use, when the test is defined", () => {
    expect(() => virtual(1 as never)).toThrow("virtual() needs a function, not 1");
    expect(() => virtual(async () => {}, { timeout: -1 })).toThrow(RangeError);
  });
});
