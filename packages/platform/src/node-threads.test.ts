import { threadId } from "node:worker_threads";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { canTakeMessages, isOtherEndGone, numberOfThread, takeMessage } from "./node-threads.ts";
import type { Port } from "./threadsafe-protocol.ts";

function channel(): [Port, Port] {
  const { port1, port2 } = new MessageChannel();
  onTestFinished(() => port1.close());
  return [port1 as unknown as Port, port2 as unknown as Port];
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("takeMessage()", () => {
  test("takes what lies at a port, in order, and then nothing", () => {
    const [here, there] = channel();
    there.postMessage(1);
    there.postMessage(undefined);
    expect([takeMessage(here), takeMessage(here), takeMessage(here)]).toEqual([
      { message: 1 },
      { message: undefined },
      undefined,
    ]);
  });
});

describe("isOtherEndGone()", () => {
  test("is false as long as the other end is there, and leaves the port as it is", () => {
    const [here, there] = channel();
    expect(isOtherEndGone(here)).toBe(false);
    there.postMessage("after");
    expect(takeMessage(here)).toEqual({ message: "after" });
    here.postMessage("back");
    expect(takeMessage(there)).toEqual({ message: "back" });
  });

  test("is true once all was taken that the other end has sent before it was closed", async () => {
    const [here, there] = channel();
    there.postMessage("last");
    const closed = new Promise<void>((resolve) => there.addEventListener?.("close", resolve));
    there.close();
    await closed;
    expect(isOtherEndGone(here)).toBe(false);
    expect(takeMessage(here)).toEqual({ message: "last" });
    expect(takeMessage(here)).toBe(undefined);
    expect(isOtherEndGone(here)).toBe(true);
  });

  test("is true of a port that was closed itself", () => {
    const [here] = channel();
    here.close();
    expect(isOtherEndGone(here)).toBe(true);
  });
});

describe("threads", () => {
  test("have numbers", () => {
    expect([numberOfThread(), canTakeMessages()]).toEqual([threadId, true]);
  });

  test("have none where there are no threads as Node has them, and no messages can be taken", () => {
    vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined as never);
    const [here, there] = channel();
    there.postMessage(1);
    expect([numberOfThread(), canTakeMessages(), takeMessage(here)]).toEqual([null, false, undefined]);
  });
});
