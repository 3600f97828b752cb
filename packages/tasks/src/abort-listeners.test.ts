import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { addAbortListener, removeAbortListener } from "./abort-listeners.ts";
import { createTask } from "./create-task.ts";
import { sleep } from "./sleep.ts";
import { runVirtual } from "./testing/index.ts";

const listenersOn = (signal: AbortSignal): number => getEventListeners(signal, "abort").length;

describe("addAbortListener()", () => {
  test("calls all listeners in the order in which they were added, once", () => {
    const controller = new AbortController();
    const called: number[] = [];
    for (const n of [1, 2, 3]) addAbortListener(controller.signal, () => called.push(n));
    controller.abort();
    controller.abort();
    expect(called).toEqual([1, 2, 3]);
  });

  test("puts one listener on the signal for any number of them, and none when all were removed", () => {
    const { signal } = new AbortController();
    const listeners = Array.from({ length: 20 }, () => () => {});
    for (const listener of listeners) addAbortListener(signal, listener);
    expect(listenersOn(signal)).toBe(1);
    for (const listener of listeners) removeAbortListener(signal, listener);
    expect(listenersOn(signal)).toBe(0);
  });

  test("goes by the signal: those of another one are not called", () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const called: string[] = [];
    addAbortListener(one.signal, () => called.push("one"));
    addAbortListener(other.signal, () => called.push("other"));
    other.abort();
    expect(called).toEqual(["other"]);
  });

  test("a listener that throws does not keep the others from being called; its error is an uncaught exception", async () => {
    const controller = new AbortController();
    const failure = new Error("of a listener");
    let calls = 0;
    addAbortListener(controller.signal, () => {
      throw failure;
    });
    addAbortListener(controller.signal, () => calls++);
    const others = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    const uncaught = new Promise((resolve) => process.once("uncaughtException", resolve));
    controller.abort();
    expect(calls).toBe(1);
    expect(await uncaught).toBe(failure);
    for (const other of others) process.on("uncaughtException", other);
  });

  test("1,000 tasks that wait with the same signal: one listener, and an abort reaches them all", async () => {
    await runVirtual(async () => {
      const controller = new AbortController();
      const tasks = Array.from({ length: 1_000 }, () =>
        createTask(() => sleep(1, undefined, { signal: controller.signal })),
      );
      await sleep(0);
      expect(listenersOn(controller.signal)).toBe(1);
      controller.abort(new Error("enough"));
      const results = await Promise.allSettled(tasks);
      expect(results.filter(({ status }) => status === "rejected")).toHaveLength(1_000);
      expect(listenersOn(controller.signal)).toBe(0);
    });
  });
});

describe("removeAbortListener()", () => {
  test("takes a listener back, also while those of an abort are called", () => {
    const controller = new AbortController();
    const called: number[] = [];
    const late = (): void => void called.push(2);
    addAbortListener(controller.signal, () => {
      called.push(1);
      removeAbortListener(controller.signal, late);
    });
    addAbortListener(controller.signal, late);
    controller.abort();
    expect(called).toEqual([1]);
  });

  test("does nothing for a listener that was never added", () => {
    const { signal } = new AbortController();
    removeAbortListener(signal, () => {});
    addAbortListener(signal, () => {});
    removeAbortListener(signal, () => {});
    expect(listenersOn(signal)).toBe(1);
  });
});
