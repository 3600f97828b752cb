import { describe, expect, test } from "vitest";
import { FakeHost } from "../test/fake-host.ts";
import { SliceClock } from "./slice-clock.ts";

/** Run handles that take `duration` each, until the slice is over; how many were run? */
function runSlice(host: FakeHost, clock: SliceClock, duration: number, atMost = 100_000): number {
  clock.beginSlice();
  for (let handles = 1; handles <= atMost; handles++) {
    clock.handleRuns();
    host.time += duration;
    if (clock.sliceIsOver()) return handles;
  }
  return atMost;
}

describe("SliceClock", () => {
  test("now is the time as last read, read() that of the host", () => {
    const host = new FakeHost();
    host.time = 5;
    const clock = new SliceClock(host);

    host.time = 6;
    expect(clock.now).toBe(5);
    expect(clock.read()).toBe(6);
    expect(clock.now).toBe(6);
  });

  test("a slice of short handles is over after about a millisecond", () => {
    const host = new FakeHost();
    const clock = new SliceClock(host);

    runSlice(host, clock, 1e-6);
    const handles = runSlice(host, clock, 1e-6);

    expect(handles).toBeGreaterThanOrEqual(1000);
    expect(handles).toBeLessThanOrEqual(1000 + 32);
  });

  test("a slice of short handles reads the clock once in 32 of them", () => {
    const host = new FakeHost();
    const clock = new SliceClock(host);
    runSlice(host, clock, 1e-6);

    const before = host.clockReads;
    const handles = runSlice(host, clock, 1e-6);

    expect(host.clockReads - before).toBeLessThanOrEqual(handles / 32 + 2);
  });

  test("a slice of long handles is over after the first, once it is known that they are long", () => {
    const host = new FakeHost();
    const clock = new SliceClock(host);
    for (let slice = 0; slice < 10; slice++) runSlice(host, clock, 0.01);

    expect(runSlice(host, clock, 0.01)).toBe(1);
  });

  test("handles that grow long are found out within a few strides", () => {
    const host = new FakeHost();
    const clock = new SliceClock(host);
    runSlice(host, clock, 1e-6);

    const counts = Array.from({ length: 8 }, () => runSlice(host, clock, 0.01));

    expect(counts[0]).toBeLessThanOrEqual(32);
    expect(counts.at(-1)).toBe(1);
  });

  test("handles that grow short again are trusted again", () => {
    const host = new FakeHost();
    const clock = new SliceClock(host);
    for (let slice = 0; slice < 10; slice++) runSlice(host, clock, 0.01);

    expect(runSlice(host, clock, 1e-6)).toBeGreaterThanOrEqual(1000);
  });

  test("a clock that stands still ends no slice", () => {
    const host = new FakeHost();

    expect(runSlice(host, new SliceClock(host), 0, 10_000)).toBe(10_000);
  });
});
