import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { after } from "./deadline.ts";

describe("after()", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("calls back after so many seconds, unless it is called off", () => {
    const calls: number[] = [];
    after(1, () => calls.push(1));
    after(1, () => calls.push(2))();
    vi.advanceTimersByTime(999);
    expect(calls).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(calls).toEqual([1]);
  });

  test("bears delays that are longer than a timer of Node, and infinite ones", () => {
    let calls = 0;
    const callOff = after(1e12, () => calls++);
    after(Number.POSITIVE_INFINITY, () => calls++)();
    vi.advanceTimersByTime(1_000_000);
    expect(calls).toBe(0);
    callOff();
    expect(vi.getTimerCount()).toBe(0);
  });
});
