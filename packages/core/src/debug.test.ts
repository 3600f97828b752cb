import { afterEach, describe, expect, test, vi } from "vitest";
import { BaseEventLoop } from "./base-event-loop.ts";
import { captureStack, debugByDefault } from "./debug.ts";
import { VirtualHost } from "./testing/virtual-host.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("debugByDefault()", () => {
  test.each([
    ["1", true],
    ["yes", true],
    ["0", false],
    ["", false],
    [undefined, false],
  ])("with ASYNCIO_DEBUG=%s is %s", (value, expected) => {
    vi.stubEnv("ASYNCIO_DEBUG", value);

    expect(debugByDefault()).toBe(expected);
  });

  test("is what a loop begins with", () => {
    vi.stubEnv("ASYNCIO_DEBUG", "1");

    expect(new BaseEventLoop(new VirtualHost()).getDebug()).toBe(true);
  });

  test("gives way to the option of a loop", () => {
    vi.stubEnv("ASYNCIO_DEBUG", "1");

    expect(new BaseEventLoop(new VirtualHost(), { debug: false }).getDebug()).toBe(false);
  });

  test.each([
    ["granted", true],
    ["prompt", false],
    ["denied", false],
  ])("on Deno, with a permission that is %s, is %s, and nobody is asked", (state, expected) => {
    const querySync = vi.fn<(permission: object) => object>(() => ({ state }));
    const read = vi.fn<() => string>(() => "1");
    vi.stubGlobal("Deno", { permissions: { querySync } });
    vi.stubGlobal("process", { env: Object.defineProperty({}, "ASYNCIO_DEBUG", { get: read }) });
    const result = debugByDefault();
    vi.unstubAllGlobals();

    expect(result).toBe(expected);
    expect(querySync).toHaveBeenCalledExactlyOnceWith({ name: "env", variable: "ASYNCIO_DEBUG" });
    expect(read).toHaveBeenCalledTimes(expected ? 1 : 0);
  });

  test("is false where there is no environment", () => {
    vi.stubGlobal("process", undefined);
    const result = debugByDefault();
    vi.unstubAllGlobals();

    expect(result).toBe(false);
  });
});

describe("setDebug()", () => {
  test("turns debug mode on and off", () => {
    const loop = new BaseEventLoop(new VirtualHost(), { debug: false });

    loop.setDebug(true);
    expect(loop.getDebug()).toBe(true);
    loop.setDebug(false);
    expect(loop.getDebug()).toBe(false);
  });

  test.each([
    [1, true],
    ["", false],
    [undefined, false],
  ])("takes the truth of %j", (value, expected) => {
    const loop = new BaseEventLoop(new VirtualHost(), { debug: !expected });

    loop.setDebug(value as never);

    expect(loop.getDebug()).toBe(expected);
  });
});

describe("captureStack()", () => {
  function inner(): string | undefined {
    return captureStack();
  }

  function outer(): string | undefined {
    return inner();
  }

  test("begins with its caller, and goes on with the callers of that", () => {
    const frames = outer()?.split("\n") ?? [];

    expect(frames[0]).toContain("inner");
    expect(frames[1]).toContain("outer");
  });

  test("holds ten frames at most", () => {
    const deep = (depth: number): string | undefined => (depth === 0 ? captureStack() : deep(depth - 1));

    expect(deep(50)?.split("\n")).toHaveLength(10);
  });

  test("holds no frames of Node", () => {
    const stack = [1].map(() => captureStack()).join("\n");

    expect(stack).not.toContain("node:internal");
  });

  test("leaves the limit of other stacks as it was", () => {
    const before = Error.stackTraceLimit;
    Error.stackTraceLimit = 7;

    captureStack();
    const after = Error.stackTraceLimit;
    Error.stackTraceLimit = before;

    expect(after).toBe(7);
  });
});
