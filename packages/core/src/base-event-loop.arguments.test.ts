import { RuntimeError, show } from "@asyncio-ts/contextvars";
import { describe, expect, test } from "vitest";
import { VirtualLoop } from "../test/virtual-loop.ts";
import { BaseEventLoop } from "./base-event-loop.ts";
import type { Timer } from "./scheduler.ts";

const nothing = (): void => {};
const noFunctions = [
  ["undefined", undefined],
  ["null", null],
  ["a string", "f"],
  ["an object", {}],
] as const;
const noSeconds = [
  ["undefined", undefined],
  ["null", null],
  ["a string", "1"],
  ["a bigint", 1n],
  ["an object", {}],
] as const;
const noContexts = [
  ["null", null],
  ["a string", "context"],
  ["an object", {}],
  ["a map", new Map()],
] as const;

/** `use` throws, and the loop is as it was before. */
function expectRefusal(use: (loop: VirtualLoop) => unknown, error: new () => Error, message: string): void {
  const loop = new VirtualLoop();
  const before = loop.statistics();

  expect(() => use(loop)).toThrow(error);
  expect(() => use(loop)).toThrow(message);
  expect(loop.statistics()).toEqual(before);
  expect(loop.isRunning()).toBe(false);
}

describe.each(noFunctions)("%s instead of a function", (_, f) => {
  const callback = f as never;

  test("is refused by callSoon()", () => {
    expectRefusal((loop) => loop.callSoon(callback), TypeError, `callSoon() needs a function, not ${show(f)}`);
    expectRefusal((loop) => loop.callSoonWith({}, callback), TypeError, "callSoon() needs a function");
  });

  test("is refused by callLater()", () => {
    expectRefusal((loop) => loop.callLater(1, callback), TypeError, `callLater() needs a function, not ${show(f)}`);
    expectRefusal((loop) => loop.callLaterWith({}, 1, callback), TypeError, "callLater() needs a function");
  });

  test("is refused by callAt()", () => {
    expectRefusal((loop) => loop.callAt(1, callback), TypeError, `callAt() needs a function, not ${show(f)}`);
    expectRefusal((loop) => loop.callAtWith({}, 1, callback), TypeError, "callAt() needs a function");
  });

  test("is refused by onClose(), and the loop can be closed", () => {
    const loop = new VirtualLoop();

    expect(() => loop.onClose(callback)).toThrow(TypeError);
    loop.close();

    expect(loop.reports).toEqual([]);
  });
});

test.each(noFunctions.filter(([, f]) => f !== null))("%s is refused by setExceptionHandler()", (_, f) => {
  const loop = new VirtualLoop();
  const before = loop.getExceptionHandler();

  expect(() => loop.setExceptionHandler(f as never)).toThrow(TypeError);
  expect(loop.getExceptionHandler()).toBe(before);
});

describe.each(noSeconds)("%s instead of seconds", (_, seconds) => {
  const time = seconds as never;

  test("is refused by callLater()", () => {
    const message = `callLater() needs delay in seconds, not ${show(seconds)}`;
    expectRefusal((loop) => loop.callLater(time, nothing), TypeError, message);
    expectRefusal((loop) => loop.callLaterWith({}, time, nothing), TypeError, message);
  });

  test("is refused by callAt()", () => {
    const message = `callAt() needs when in seconds, not ${show(seconds)}`;
    expectRefusal((loop) => loop.callAt(time, nothing), TypeError, message);
    expectRefusal((loop) => loop.callAtWith({}, time, nothing), TypeError, message);
  });
});

describe("NaN instead of seconds", () => {
  test("is refused by callLater()", () => {
    expectRefusal((loop) => loop.callLater(Number.NaN, nothing), RangeError, "callLater() cannot use NaN as delay");
  });

  test("is refused by callAt()", () => {
    expectRefusal((loop) => loop.callAt(Number.NaN, nothing), RangeError, "callAt() cannot use NaN as when");
  });
});

describe.each(noContexts)("%s instead of a context", (_, value) => {
  const context = value as never;
  const message = `needs a Context as context, not ${show(value)}`;

  test("is refused by callSoonWith(), callLaterWith() and callAtWith()", () => {
    expectRefusal((loop) => loop.callSoonWith({ context }, nothing), TypeError, message);
    expectRefusal((loop) => loop.callLaterWith({ context }, 1, nothing), TypeError, message);
    expectRefusal((loop) => loop.callAtWith({ context }, 1, nothing), TypeError, message);
  });
});

describe("scheduleAt()", () => {
  /** A timer whose deadline is `value`. */
  function timerAt(value: unknown): Timer {
    return { when: () => value as number, run() {}, isDropped: () => false, heldBy: null };
  }

  test.each(noSeconds)("refuses %s instead of a deadline", (_, value) => {
    const message = `scheduleAt() needs a deadline in seconds, not ${show(value)}`;
    expectRefusal((loop) => loop.scheduleAt(timerAt(value)), TypeError, message);
  });

  test("refuses NaN instead of a deadline", () => {
    const message = "scheduleAt() cannot use NaN as a deadline";
    expectRefusal((loop) => loop.scheduleAt(timerAt(Number.NaN)), RangeError, message);
  });

  test("refuses a timer that is scheduled already, by another loop as well", () => {
    const timer = timerAt(1);
    new VirtualLoop().scheduleAt(timer);

    expectRefusal((loop) => loop.scheduleAt(timer), RuntimeError, "Cannot schedule a timer that is scheduled already");
  });

  test("refuses what is no timer", () => {
    const loop = new VirtualLoop();

    expect(() => loop.scheduleAt(undefined as never)).toThrow(TypeError);
    expect(loop.statistics().timers).toBe(0);
  });
});

test.each(noSeconds)("slowCallbackDuration refuses %s", (_, value) => {
  const loop = new VirtualLoop();

  expect(() => {
    loop.slowCallbackDuration = value as never;
  }).toThrow(TypeError);
  expect(loop.slowCallbackDuration).toBe(0.1);
});

test("slowCallbackDuration refuses NaN", () => {
  const loop = new VirtualLoop();

  expect(() => {
    loop.slowCallbackDuration = Number.NaN;
  }).toThrow(RangeError);
  expect(loop.slowCallbackDuration).toBe(0.1);
});

test("a refusal while the loop runs leaves the run alone", async () => {
  const loop = new VirtualLoop();
  loop.callSoon(() => {
    expect(() => loop.callLater(Number.NaN, nothing)).toThrow(RangeError);
    expect(() => loop.callSoon(undefined as never)).toThrow(TypeError);
  });
  loop.callLater(1, () => loop.stop());

  await loop.run();

  expect(loop.statistics()).toMatchObject({ ready: 0, timers: 0 });
});

test("a closed loop says so before it looks at the arguments", () => {
  const loop = new VirtualLoop();
  loop.close();

  expect(() => loop.callSoon(undefined as never)).toThrow("Event loop is closed");
  expect(() => loop.callLater(Number.NaN, nothing)).toThrow("Event loop is closed");
});

test("a loop without a host is refused", () => {
  expect(() => new BaseEventLoop(undefined as never)).toThrow(TypeError);
});
