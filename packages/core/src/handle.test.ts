import { inspect } from "node:util";
import { Context, currentFrame } from "@asyncio-ts/contextvars";
import { describe, expect, test } from "vitest";
import { VirtualLoop } from "../test/virtual-loop.ts";
import { Handle } from "./handle.ts";

function fetchPage(): void {}

describe("Handle", () => {
  test("knows its loop and its context", () => {
    const loop = new VirtualLoop();
    const context = new Context();

    const handle = loop.callSoonWith({ context }, fetchPage);

    expect(handle).toBeInstanceOf(Handle);
    expect(handle.loop).toBe(loop);
    expect(handle.getContext()).toBe(context);
  });

  test("is the frame of its callback, and its owner", async () => {
    const loop = new VirtualLoop();
    let frame: unknown;

    const handle = loop.callSoon(() => {
      frame = currentFrame();
    });
    await loop.runOneTurn();

    expect(frame).toBe(handle);
    expect(handle.owner).toBe(handle);
  });

  test("of a layer above runs when it is scheduled, with its arguments and in its context", async () => {
    const loop = new VirtualLoop();
    const context = new Context();
    const calls: unknown[] = [];
    const handle = new Handle(
      loop,
      (...args: unknown[]) => calls.push([...args, currentFrame()?.context]),
      [1, "two"],
      context,
    );

    await loop.runOneTurn();
    expect(calls).toEqual([]);

    loop.schedule(handle);
    await loop.runOneTurn();
    expect(calls).toEqual([[1, "two", context]]);
  });

  test("calls() tells its callback from others, until it is cancelled", () => {
    const handle = new VirtualLoop().callSoon(fetchPage);

    expect([handle.calls(fetchPage), handle.calls(() => {})]).toEqual([true, false]);
    handle.cancel();
    expect(handle.calls(fetchPage)).toBe(false);
  });
});

describe("Handle.cancel()", () => {
  test("is seen by cancelled()", () => {
    const handle = new VirtualLoop().callSoon(fetchPage);
    expect(handle.cancelled()).toBe(false);

    handle.cancel();
    handle.cancel();

    expect(handle.cancelled()).toBe(true);
  });

  test("after the callback has run has no effect on it", async () => {
    const loop = new VirtualLoop();
    let runs = 0;
    const handle = loop.callSoon(() => runs++);
    await loop.runOneTurn();
    expect(handle.cancelled()).toBe(false);

    handle.cancel();
    await loop.runOneTurn();

    expect(runs).toBe(1);
  });

  test("lets the callback and its arguments go at once", async () => {
    const loop = new VirtualLoop();
    const argument = new WeakRef({});
    const handle = loop.callSoon((held: object | undefined) => void held, argument.deref());

    handle.cancel();
    await new Promise((resolve) => setImmediate(resolve)); // a WeakRef holds its target until the job is over
    globalThis.gc?.();

    expect(argument.deref()).toBeUndefined();
    expect(loop.statistics().ready).toBe(1);
  });
});

describe("Handle.toString()", () => {
  test("names the callback", () => {
    expect(String(new VirtualLoop().callSoon(fetchPage))).toBe("<Handle fetchPage()>");
  });

  test("names a function without a name", () => {
    expect(String(new VirtualLoop().callSoon(() => {}))).toBe("<Handle <anonymous>()>");
  });

  test("says when it is cancelled", () => {
    const handle = new VirtualLoop().callSoon(fetchPage);
    handle.cancel();

    expect(String(handle)).toBe("<Handle cancelled>");
  });

  test("is what the console shows", () => {
    expect(inspect(new VirtualLoop().callSoon(fetchPage))).toBe("<Handle fetchPage()>");
  });

  test("in debug mode says where it was made", () => {
    const handle = new VirtualLoop({ debug: true }).callSoon(fetchPage);

    expect(String(handle)).toMatch(/^<Handle fetchPage\(\) created at (?!at ).*handle\.test\.ts:\d+:\d+\)?>$/);
  });
});

describe("Handle.createdAt", () => {
  test("is the stack of the code that has scheduled it, in debug mode", () => {
    const loop = new VirtualLoop({ debug: true });
    function scheduleFromHere(): Handle {
      return loop.callSoon(fetchPage);
    }

    const [first] = scheduleFromHere().createdAt?.split("\n") ?? [];

    expect(first).toContain("scheduleFromHere");
    expect(first).toContain("handle.test.ts");
  });

  test("is undefined without debug mode", () => {
    expect(new VirtualLoop({ debug: false }).callSoon(fetchPage).createdAt).toBeUndefined();
  });

  test("follows setDebug() from the next handle on", () => {
    const loop = new VirtualLoop({ debug: false });
    const before = loop.callSoon(fetchPage);
    loop.setDebug(true);
    const after = loop.callSoon(fetchPage);

    expect(before.createdAt).toBeUndefined();
    expect(after.createdAt).toBeTypeOf("string");
  });
});
