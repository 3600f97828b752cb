import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Alarm } from "./alarm.ts";

const day = 24 * 3600;

/** Set by hand: it may lag behind the timers, as clocks of JavaScript do. */
const clock = { time: 0, now: () => clock.time };
const rung: number[] = [];

function alarmAt(time: number): Alarm {
  return new Alarm(clock, time, () => rung.push(clock.time));
}

/** Let `seconds` pass, for the timers; and for the clock, unless it lags. */
function pass(seconds: number, { lag = 0 } = {}): void {
  clock.time += seconds - lag;
  vi.advanceTimersByTime(seconds * 1000);
}

beforeEach(() => {
  vi.useFakeTimers();
  clock.time = 0;
  rung.length = 0;
});

afterEach(() => {
  vi.useRealTimers();
});

describe("Alarm", () => {
  test("rings in the first whole millisecond at which its time has come", () => {
    const timers = vi.spyOn(globalThis, "setTimeout");
    alarmAt(0.0102);
    pass(0.01);
    expect(rung).toEqual([]);
    pass(0.001);
    expect(rung).toEqual([0.011]);
    expect(timers).toHaveBeenCalledOnce();
  });

  test("waits once more if its timer was early", () => {
    alarmAt(0.01);
    pass(0.01, { lag: 0.0005 });
    expect(rung).toEqual([]);
    pass(0.001);
    expect(rung).toHaveLength(1);
  });

  test("rings at once if its time has passed", () => {
    clock.time = 5;
    alarmAt(3);
    pass(0.001);
    expect(rung).toHaveLength(1);
  });

  test("rings after any number of days, not before", () => {
    alarmAt(40 * day);
    for (let n = 1; n < 40; n++) pass(day);
    expect(rung).toEqual([]);
    pass(day);
    expect(rung).toEqual([40 * day]);
  });

  test("never rings at a time that is infinitely far away, but waits", () => {
    alarmAt(Number.POSITIVE_INFINITY);
    for (let n = 0; n < 3; n++) pass(day);
    expect([rung, vi.getTimerCount()]).toEqual([[], 1]);
  });

  test("does not ring when it was cancelled, also after it was armed again", () => {
    alarmAt(1).cancel();
    const late = alarmAt(2 * day);
    pass(day);
    late.cancel();
    pass(2 * day);
    expect([rung, vi.getTimerCount()]).toEqual([[], 0]);
  });

  test("holds the process until unref(), and then no more, also after it was armed again", () => {
    const timers = vi.spyOn(globalThis, "setTimeout");
    const holds = () => timers.mock.results.map(({ value }) => (value as NodeJS.Timeout).hasRef());
    const alarm = alarmAt(2 * day);
    expect(holds()).toEqual([true]);
    alarm.unref();
    pass(day);
    expect(holds()).toEqual([false, false]);
  });
});
