import { describe, expect, test } from "vitest";
import { CancelledError } from "./errors.ts";
import { TaskSignal } from "./task-signal.ts";

describe("TaskSignal", () => {
  test("abort() aborts the signal with the error as its reason", () => {
    const task = new TaskSignal();
    const error = new CancelledError("enough");
    expect([task.signal.aborted, task.signal.reason]).toEqual([false, undefined]);
    task.abort(error);
    expect(task.signal.aborted).toBe(true);
    expect(task.signal.reason).toBe(error);
    expect(() => task.signal.throwIfAborted()).toThrow(error);
  });

  test("abort() answers whether a listener has taken the reason", () => {
    const cases: readonly [listener: ((signal: AbortSignal) => void) | null, taken: boolean][] = [
      [null, false],
      [() => {}, false],
      [(signal) => void signal.aborted, false],
      [(signal) => void signal.reason, true],
    ];
    for (const [listener, taken] of cases) {
      const task = new TaskSignal();
      if (listener !== null) task.signal.addEventListener("abort", () => listener(task.signal));
      expect(task.abort(new CancelledError())).toBe(taken);
    }
  });

  test("abort() does not count a listener that was removed, nor who looked before", () => {
    const task = new TaskSignal();
    const listener = (): void => void task.signal.reason;
    task.signal.addEventListener("abort", listener);
    task.signal.removeEventListener("abort", listener);
    expect(task.signal.reason).toBeUndefined();
    expect(task.abort(new CancelledError())).toBe(false);
  });

  test("onabort is a listener as any other", () => {
    const task = new TaskSignal();
    const reasons: unknown[] = [];
    task.signal.onabort = () => void reasons.push(task.signal.reason);
    const error = new CancelledError();
    expect(task.abort(error)).toBe(true);
    expect(reasons).toEqual([error]);
  });
});
