import { afterEach, describe, expect, test, vi } from "vitest";
import { BunHost } from "./bun-host.ts";

function hostWith(module: object | undefined): BunHost {
  vi.spyOn(process, "getBuiltinModule").mockReturnValue(module as never);
  return new BunHost();
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("BunHost.drainMicrotasks()", () => {
  test("has the engine of Bun empty its queues", () => {
    const drainMicrotasks = vi.fn<() => void>();
    const host = hostWith({ drainMicrotasks });
    expect(drainMicrotasks).not.toHaveBeenCalled();
    expect(host.drainMicrotasks()).toBe(true);
    expect(drainMicrotasks).toHaveBeenCalledExactlyOnceWith();
  });

  test.each([
    ["there is no such module", undefined],
    ["the module has no such function", {}],
  ])("says that it cannot where %s", (_name, module) => {
    expect(hostWith(module).drainMicrotasks()).toBe(false);
  });
});
