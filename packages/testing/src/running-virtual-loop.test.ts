import { runVirtual } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { runTest } from "./index.ts";
import { runningVirtualLoop } from "./running-virtual-loop.ts";

describe("runningVirtualLoop()", () => {
  test("is the loop of the test", async () => {
    await runTest(async (loop) => expect(runningVirtualLoop("f()")).toBe(loop));
  });

  test("is refused outside of all loops, and on one that is no test's, in the name of the caller", async () => {
    const message = "f() works in virtual time only, inside runTest(), virtual() or explore()";
    expect(() => runningVirtualLoop("f()")).toThrow(message);
    await runVirtual(async () => expect(() => runningVirtualLoop("f()")).toThrow(message));
  });
});
