import { afterEach, describe, expect, test, vi } from "vitest";
import { DenoHost } from "./deno-host.ts";

/** One whose clock is set by hand. */
class ClockedHost extends DenoHost {
  time = 100;

  override now(): number {
    return this.time;
  }
}

async function slice(host: DenoHost): Promise<void> {
  await new Promise<void>((resolve) => host.afterIo(resolve));
}

/** Which of eight slices a timer has begun, each `seconds` after the one before. */
async function slicesByTimer(seconds: number): Promise<number[]> {
  const host = new ClockedHost();
  const timers = vi.spyOn(globalThis, "setTimeout");
  const found: number[] = [];
  for (let n = 1; n <= 8; n++) {
    const before = timers.mock.calls.length;
    await slice(host);
    if (timers.mock.calls.length > before) found.push(n);
    host.time += seconds;
  }
  return found;
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("DenoHost.afterIo()", () => {
  test("lets I/O pass by a timer every fourth time while a loop spins", async () => {
    expect(await slicesByTimer(0)).toEqual([4, 8]);
  });

  test("wakes a loop that was idle by an immediate", async () => {
    expect(await slicesByTimer(0.01)).toEqual([]);
  });
});
