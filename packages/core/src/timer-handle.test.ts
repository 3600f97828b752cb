import { describe, expect, test } from "vitest";
import { VirtualLoop } from "../test/virtual-loop.ts";
import { Handle } from "./handle.ts";
import { TimerHandle } from "./timer-handle.ts";

function fetchPage(): void {}

describe("TimerHandle", () => {
  test("is a handle that knows when it is due", () => {
    const timer = new VirtualLoop().callLater(2, fetchPage);

    expect(timer).toBeInstanceOf(TimerHandle);
    expect(timer).toBeInstanceOf(Handle);
    expect(timer.when()).toBe(2);
  });

  test("still knows it after it has fired or was cancelled", async () => {
    const loop = new VirtualLoop();
    const fired = loop.callLater(1, fetchPage);
    const cancelled = loop.callLater(2, fetchPage);
    cancelled.cancel();
    await loop.runFor(3);

    expect([fired.when(), cancelled.when()]).toEqual([1, 2]);
  });

  test("cancel() is seen by cancelled(), and in the statistics of the loop", () => {
    const loop = new VirtualLoop();
    const timer = loop.callLater(2, fetchPage);

    timer.cancel();
    timer.cancel();

    expect(timer.cancelled()).toBe(true);
    expect(loop.statistics()).toMatchObject({ timers: 1, cancelledTimers: 1 });
  });

  test("cancel() in its own callback changes nothing", async () => {
    const loop = new VirtualLoop();
    const timer: TimerHandle = loop.callLater(1, () => timer.cancel());

    await loop.runFor(2);

    expect(timer.cancelled()).toBe(true);
    expect(loop.statistics()).toMatchObject({ timers: 0, cancelledTimers: 0 });
  });

  test("toString() names callback and time", () => {
    expect(String(new VirtualLoop().callLater(2, fetchPage))).toBe("<TimerHandle fetchPage() when=2>");
  });

  test("toString() keeps the time when it is cancelled", () => {
    const timer = new VirtualLoop().callLater(2, fetchPage);
    timer.cancel();

    expect(String(timer)).toBe("<TimerHandle cancelled when=2>");
  });
});
