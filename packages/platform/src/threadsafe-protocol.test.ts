import { afterEach, describe, expect, test, vi } from "vitest";
import { ring, sharedWord, sleepOn } from "./threadsafe-protocol.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("sharedWord()", () => {
  test("is 0, in memory that threads share", () => {
    const word = sharedWord();
    expect([word?.length, word?.[0], word?.buffer instanceof SharedArrayBuffer]).toEqual([1, 0, true]);
  });

  test("is null where threads share none", () => {
    vi.stubGlobal("SharedArrayBuffer", undefined);
    expect(sharedWord()).toBe(null);
  });
});

describe("sleepOn()", () => {
  test("does not sleep if the word was rung before", () => {
    const word = sharedWord() as Int32Array;
    ring(word);
    expect(sleepOn(word, 0, Number.POSITIVE_INFINITY)).toBe(true);
    expect(sleepOn(word, 1, 0)).toBe(false);
    ring(word);
    expect(sleepOn(word, 1, Number.POSITIVE_INFINITY)).toBe(true);
  });

  test("takes seconds", () => {
    const wait = vi.spyOn(Atomics, "wait").mockReturnValue("timed-out");
    const word = sharedWord() as Int32Array;
    expect(sleepOn(word, 7, 1.5)).toBe(false);
    expect(wait.mock.calls).toEqual([[word, 0, 7, 1500]]);
    wait.mockRestore();
  });
});

describe("ring()", () => {
  test("does nothing where there is nobody to wake", () => {
    expect(() => ring(null)).not.toThrow();
  });
});
