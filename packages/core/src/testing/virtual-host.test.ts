import { describe, expect, test } from "vitest";
import { BaseEventLoop } from "../base-event-loop.ts";
import { VirtualHost } from "./virtual-host.ts";

/** Long enough for everything that the host may still do. */
async function aWhile(): Promise<void> {
  for (let n = 0; n < 5; n++) await new Promise((resolve) => setImmediate(resolve));
}

describe("VirtualHost", () => {
  test("shows 0 at first, or what it is told", () => {
    expect(new VirtualHost().now()).toBe(0);
    expect(new VirtualHost(1_000).now()).toBe(1_000);
  });

  test("never calls back at once", async () => {
    const host = new VirtualHost();
    const order: string[] = [];

    host.afterMicrotasks(() => order.push("afterMicrotasks"));
    host.afterIo(() => order.push("afterIo"));
    host.wakeAt(1, () => order.push("wakeAt"));
    host.whenStuck(() => order.push("whenStuck"));
    order.push("returned");
    await aWhile();

    expect(order[0]).toBe("returned");
    expect(order.toSorted()).toEqual(["afterIo", "afterMicrotasks", "returned", "wakeAt", "whenStuck"]);
  });

  test("afterMicrotasks() calls back when the microtask queue is empty", async () => {
    const host = new VirtualHost();
    const order: string[] = [];

    host.afterMicrotasks(() => order.push("callback"));
    for (let n = 1; n <= 3; n++) void Promise.resolve().then(() => queueMicrotask(() => order.push("microtask")));
    await aWhile();

    expect(order).toEqual(["microtask", "microtask", "microtask", "callback"]);
  });

  test("wakeAt() moves the time to the deadline", async () => {
    const host = new VirtualHost();
    let time = 0;

    host.wakeAt(3_600, () => {
      time = host.now();
    });
    expect(host.now()).toBe(0);
    await aWhile();

    expect(time).toBe(3_600);
  });

  test("wakeAt() does not turn back the time for a deadline that has passed", async () => {
    const host = new VirtualHost(10);

    host.wakeAt(5, () => {});
    await aWhile();

    expect(host.now()).toBe(10);
  });

  test("wakeAt() never calls back at an infinite time", async () => {
    const host = new VirtualHost();
    let woken = false;

    const alarm = host.wakeAt(Number.POSITIVE_INFINITY, () => {
      woken = true;
    });
    await aWhile();
    alarm.cancel();

    expect(woken).toBe(false);
    expect(host.now()).toBe(0);
  });

  test("cancelled alarms neither call back nor move the time", async () => {
    const host = new VirtualHost();
    let called = false;
    const call = (): void => {
      called = true;
    };

    host.wakeAt(5, call).cancel();
    host.whenStuck(call).cancel();
    await aWhile();

    expect(called).toBe(false);
    expect(host.now()).toBe(0);
  });

  test("whenStuck() leaves an alarm the time to go off", async () => {
    const host = new VirtualHost();
    const order: string[] = [];

    const stuck = host.whenStuck(() => order.push("stuck"));
    host.wakeAt(5, () => {
      order.push("woken");
      stuck.cancel();
    });
    await aWhile();

    expect(order).toEqual(["woken"]);
  });

  test("advance() lets time pass", () => {
    const host = new VirtualHost(1);

    host.advance(2.5);

    expect(host.now()).toBe(3.5);
  });

  test.each([[-1], [Number.NaN], ["1"], [undefined]])("advance() refuses %j, and changes nothing", (seconds) => {
    const host = new VirtualHost(1);

    expect(() => host.advance(seconds as never)).toThrow(RangeError);
    expect(host.now()).toBe(1);
  });

  test("takes a loop through days in no time, the same way each time", async () => {
    const course = async (): Promise<string[]> => {
      const loop = new BaseEventLoop(new VirtualHost());
      const steps: string[] = [];
      for (const hours of [48, 24, 36]) loop.callLater(hours * 3_600, () => steps.push(`${loop.time() / 3_600} h`));
      loop.callLater(50 * 3_600, () => loop.stop());
      await loop.runForever();
      return steps;
    };

    const first = await course();

    expect(first).toEqual(["24 h", "36 h", "48 h"]);
    expect(await course()).toEqual(first);
  });

  test("lets two loops keep their own time", async () => {
    const loops = [1, 100].map((delay) => {
      const loop = new BaseEventLoop(new VirtualHost());
      loop.callLater(delay, () => loop.stop());
      return loop;
    });

    await Promise.all(loops.map((loop) => loop.runForever()));

    expect(loops.map((loop) => loop.time())).toEqual([1, 100]);
  });
});
