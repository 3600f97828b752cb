import { currentFrame } from "@asyncio-ts/contextvars";
import { createTask, sleep } from "@asyncio-ts/tasks";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { EventLoop } from "./event-loop.ts";
import { newPlatformHost } from "./platform-host.web.ts";
import { WebHost } from "./web-host.ts";

async function microtasks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await null;
}

function newLoop(): EventLoop {
  const loop = new EventLoop(newPlatformHost());
  onTestFinished(() => loop.close());
  return loop;
}

describe("WebHost", () => {
  test("is the host of pages and workers", () => {
    expect(newPlatformHost()).toBeInstanceOf(WebHost);
  });

  test("afterMicrotasks() calls back after all microtasks, in the order of the calls", async () => {
    const host = new WebHost();
    const order: string[] = [];
    await new Promise<void>((resolve) => {
      void microtasks(100).then(() => order.push("microtasks"));
      host.afterMicrotasks(() => order.push("first"));
      host.afterMicrotasks(() => order.push("second"));
      host.afterMicrotasks(resolve);
      void microtasks(200).then(() => order.push("more microtasks"));
    });
    expect(order).toEqual(["microtasks", "more microtasks", "first", "second"]);
  });

  test("afterMicrotasks() keeps messages waiting by postTask where there is one, for a millisecond at most", async () => {
    let time = 1000;
    vi.spyOn(performance, "now").mockImplementation(() => time);
    const priorities: string[] = [];
    const postTask = (callback: () => void, { priority }: { readonly priority: string }): void => {
      priorities.push(priority);
      setImmediate(callback);
    };
    vi.stubGlobal("scheduler", { postTask });
    onTestFinished(() => void vi.unstubAllGlobals().restoreAllMocks());
    const host = new WebHost();
    const step = async (at: number): Promise<number> => {
      time = at;
      await new Promise<void>((resolve) => host.afterMicrotasks(resolve));
      return priorities.length;
    };
    const counts: number[] = [];
    for (const at of [1000, 1000.5, 1000.9, 1001.1, 1001.9, 1002.2]) counts.push(await step(at));
    expect(counts).toEqual([0, 1, 2, 2, 3, 3]);
    expect(new Set(priorities)).toEqual(new Set(["user-blocking"]));
  });

  test("afterIo() lets the process have its I/O, which messages of Node keep waiting", async () => {
    const host = new WebHost();
    let turns = 0;
    await new Promise<void>((resolve) => {
      const turn = (): void => {
        turns++;
        if (turns < 100) host.afterIo(turn);
      };
      host.afterIo(() => {
        turn();
        setImmediate(resolve);
      });
    });
    expect(turns).toBeLessThan(10);
  });

  test("goes on after a callback that throws", async () => {
    const host = new WebHost();
    const error = new Error("from a callback");
    const uncaught = new Promise((resolve) => process.once("uncaughtException", resolve));
    const listeners = process.listeners("uncaughtException").slice(0, -1);
    for (const each of listeners) process.off("uncaughtException", each);
    onTestFinished(() => void listeners.map((each) => process.on("uncaughtException", each)));
    host.afterIo(() => {
      throw error;
    });
    expect(await uncaught).toBe(error);
    await new Promise<void>((resolve) => host.afterIo(resolve));
  });

  test("wakeAt() is never early, and can be cancelled", async () => {
    const host = new WebHost();
    const due = host.now() + 0.005;
    host.wakeAt(host.now(), () => expect.unreachable()).cancel();
    await new Promise<void>((resolve) => host.wakeAt(due, resolve));
    expect(host.now()).toBeGreaterThanOrEqual(due);
  });

  test("a native step comes to rest before the next one begins", async () => {
    const order: number[] = [];
    const loop = newLoop();
    const worker = async (first: number): Promise<void> => {
      for (const step of [0, 1, 2]) {
        order.push(first + step);
        await microtasks(20);
        order.push(first + step);
        await sleep(0);
      }
    };
    await loop.runUntilComplete(async () => {
      const [one, ten] = [createTask(() => worker(1)), createTask(() => worker(10))];
      await one;
      await ten;
    });
    expect(order).toEqual([1, 1, 10, 10, 2, 2, 11, 11, 3, 3, 12, 12]);
  });

  test("keeps the flow of whoever wakes a loop out of its turns", async () => {
    const [loop, other] = [newLoop(), newLoop()];
    const owners: unknown[] = [];
    const woken = loop.createFuture<void>();
    woken.addWaiter({ run: () => owners.push(currentFrame()?.owner) });
    await Promise.all([
      loop.runUntilComplete(woken),
      other.runUntilComplete(async () => {
        await sleep(0.005);
        woken.setResult();
      }),
    ]);
    expect(owners).toEqual([null]);
  });
});
