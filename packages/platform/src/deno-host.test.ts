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

/** How many operations four slices have waited for, each slice `seconds` after the one before. */
async function operationsBefore(seconds: number): Promise<number> {
  const host = new ClockedHost();
  const operations = vi.spyOn(crypto.subtle, "digest");
  for (let n = 1; n <= 4; n++) {
    await slice(host);
    host.time += seconds;
  }
  return operations.mock.calls.length;
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("DenoHost.afterIo()", () => {
  test("lets I/O pass by two operations before each slice but the first while a loop spins", async () => {
    expect(await operationsBefore(0.001)).toBe(6);
  });

  test("wakes a loop that was idle by an immediate", async () => {
    expect(await operationsBefore(0.01)).toBe(0);
  });
});
