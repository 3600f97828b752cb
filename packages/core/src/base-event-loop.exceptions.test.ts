import { Context, ContextVar, currentContext, currentFrame } from "@asyncio-ts/contextvars";
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import { VirtualLoop } from "../test/virtual-loop.ts";
import type { ExceptionContext } from "./exception-handler.ts";

let printed: MockInstance<typeof console.error>;

beforeEach(() => {
  printed = vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => {
  printed.mockRestore();
});

/** All that was printed, in one text. */
function output(): string {
  return printed.mock.calls.flat().map(String).join("\n");
}

describe("an exception in a callback", () => {
  test("goes to the exception handler, with the handle, and the loop goes on", async () => {
    const loop = new VirtualLoop();
    const error = new Error("boom");
    const order: string[] = [];
    const handle = loop.callSoon(function explode() {
      throw error;
    });
    loop.callSoon(() => order.push("same turn"));
    loop.callLater(1, () => {
      order.push("later");
      loop.stop();
    });

    await loop.runForever();

    expect(order).toEqual(["same turn", "later"]);
    expect(loop.reports).toEqual([{ message: "Exception in callback explode()", exception: error, handle }]);
  });

  test("may be any value", async () => {
    const loop = new VirtualLoop();
    loop.callSoon(() => {
      throw undefined;
    });
    loop.stop();

    await loop.runForever();

    expect(loop.reports).toHaveLength(1);
    expect(loop.reports[0]).toHaveProperty("exception", undefined);
  });

  test("in a timer names its time", async () => {
    const loop = new VirtualLoop();
    loop.callLater(2, function explode() {
      loop.stop();
      throw new Error("boom");
    });

    await loop.runForever();

    expect(loop.reports[0]?.message).toBe("Exception in callback explode() when=2");
  });

  test("is printed when no handler is set", async () => {
    const loop = new VirtualLoop();
    loop.setExceptionHandler(null);
    loop.callSoon(function explode() {
      throw new Error("boom");
    });
    loop.stop();

    await loop.runForever();

    expect(output()).toContain("Exception in callback explode()");
    expect(output()).toContain("Error: boom");
  });

  test("[35] is handled in the context of the handle", async () => {
    const loop = new VirtualLoop();
    const request = new ContextVar("request", { default: "none" });
    const context = new Context();
    context.run(() => request.set("42"));
    const seen: unknown[] = [];
    loop.setExceptionHandler(() => seen.push(request.get(), currentContext() === context));

    const explode = (): never => {
      throw new Error("boom");
    };
    loop.callSoonWith({ context }, explode);
    loop.stop();
    await loop.runForever();

    expect(seen).toEqual(["42", true]);
  });
});

describe("setExceptionHandler()", () => {
  test("is read by getExceptionHandler(), and null takes it back", () => {
    const loop = new VirtualLoop();
    const handler = (): void => {};

    loop.setExceptionHandler(handler);
    expect(loop.getExceptionHandler()).toBe(handler);
    loop.setExceptionHandler(null);
    expect(loop.getExceptionHandler()).toBeNull();
  });

  test("gives the handler the loop and the whole context", () => {
    const loop = new VirtualLoop();
    const calls: unknown[][] = [];
    loop.setExceptionHandler((...args) => calls.push(args));
    const context: ExceptionContext = { message: "what", exception: new Error("why"), detail: 7 };

    loop.callExceptionHandler(context);

    expect(calls).toEqual([[loop, context]]);
    expect(printed).not.toHaveBeenCalled();
  });

  test("counts from the next exception on, set by a handler itself", () => {
    const loop = new VirtualLoop();
    const order: string[] = [];
    loop.setExceptionHandler(() => {
      order.push("first");
      loop.setExceptionHandler(() => order.push("second"));
    });

    loop.callExceptionHandler({ message: "1" });
    loop.callExceptionHandler({ message: "2" });

    expect(order).toEqual(["first", "second"]);
  });
});

describe("callExceptionHandler()", () => {
  test.each(["task", "future", "handle"] as const)("[35] calls the handler in the context of the %s", (key) => {
    const loop = new VirtualLoop();
    const request = new ContextVar("request", { default: "none" });
    const context = new Context();
    context.run(() => request.set("42"));
    let seen = "";
    loop.setExceptionHandler(() => {
      seen = request.get();
    });

    loop.callExceptionHandler({ message: "failed", [key]: { getContext: () => context } });

    expect(seen).toBe("42");
  });

  test("[35] leaves the owner of the flow as it is", async () => {
    const loop = new VirtualLoop();
    const owners: unknown[] = [];
    loop.setExceptionHandler(() => owners.push(currentFrame()?.owner));

    const handle = loop.callSoon(() => {
      loop.callExceptionHandler({ message: "failed", task: { getContext: () => new Context() } });
    });
    loop.stop();
    await loop.runForever();

    expect(owners).toEqual([handle]);
  });

  test("calls the handler in the current context when nothing concerned has one", () => {
    const loop = new VirtualLoop();
    const context = new Context();
    let seen: Context | undefined;
    loop.setExceptionHandler(() => {
      seen = currentContext();
    });

    context.run(() => loop.callExceptionHandler({ message: "failed", future: {} }));

    expect(seen).toBe(context);
  });

  test("[94] prints what a broken handler throws, what it was given, and the first exception", () => {
    const loop = new VirtualLoop();
    loop.setExceptionHandler(() => {
      throw new Error("broken handler");
    });

    loop.callExceptionHandler({ message: "first message", exception: new Error("first exception") });

    expect(output()).toContain("Unhandled error in exception handler");
    expect(output()).toContain("broken handler");
    expect(output()).toContain("first message");
    expect(output()).toContain("first exception");
  });

  test("[94] survives a broken default handler", () => {
    class Loop extends VirtualLoop {
      override defaultExceptionHandler(): void {
        throw new Error("broken default handler");
      }
    }
    const loop = new Loop();
    loop.setExceptionHandler(null);

    loop.callExceptionHandler({ message: "first message" });

    expect(output()).toContain("Exception in default exception handler");
    expect(output()).toContain("broken default handler");
    expect(output()).toContain("first message");
  });

  test("[94] survives when both handlers are broken, and the loop goes on", async () => {
    class Loop extends VirtualLoop {
      override defaultExceptionHandler(): void {
        throw new Error("broken default handler");
      }
    }
    const loop = new Loop();
    const order: string[] = [];
    loop.setExceptionHandler(() => {
      throw new Error("broken handler");
    });
    loop.callSoon(() => {
      throw new Error("boom");
    });
    loop.callLater(1, () => {
      order.push("went on");
      loop.stop();
    });

    await loop.runForever();

    expect(order).toEqual(["went on"]);
    expect(output()).toContain("Exception in default exception handler");
  });

  test("survives an object concerned whose context cannot be read", () => {
    const loop = new VirtualLoop();
    const brokenFuture = {
      getContext() {
        throw new Error("no context");
      },
    };

    loop.callExceptionHandler({ message: "first message", future: brokenFuture });

    expect(output()).toContain("first message");
  });
});

describe("defaultExceptionHandler()", () => {
  test("prints, and may be called by a handler of one's own", () => {
    const loop = new VirtualLoop();
    loop.setExceptionHandler((loop, context) => loop.defaultExceptionHandler(context));

    loop.callExceptionHandler({ message: "what", exception: new Error("why") });

    expect(output()).toContain("what");
    expect(output()).toContain("Error: why");
  });
});
