import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect, test } from "vitest";
import { capture, currentFrame, type Frame, runInFrame } from "./ambient.ts";
import { Context, currentContext } from "./context.ts";
import { ContextVar } from "./context-var.ts";

function newFrame(owner: object | null = null): Frame {
  return { context: new Context(), owner };
}

function nextMacrotask(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

describe("currentFrame()", () => {
  test("is undefined outside of any flow", () => {
    expect(currentFrame()).toBeUndefined();
  });

  test("is the frame of the flow, with its owner", () => {
    const frame = newFrame({ name: "owner" });

    expect(runInFrame(frame, currentFrame)).toBe(frame);
  });

  test("keeps its owner through Context.run()", () => {
    const owner = { name: "owner" };
    const context = new Context();

    const inner = runInFrame(newFrame(owner), () => context.run(currentFrame));

    expect(inner).toEqual({ context, owner });
    expect(inner?.owner).toBe(owner);
  });
});

describe("runInFrame()", () => {
  test("answers the result and restores the frame before", () => {
    const [outer, inner] = [newFrame(), newFrame()];

    runInFrame(outer, () => {
      expect(runInFrame(inner, () => "result")).toBe("result");
      expect(currentFrame()).toBe(outer);
    });
    expect(currentFrame()).toBeUndefined();
  });

  test("restores the frame before also after an error", () => {
    const error = new Error("from within");

    expect(() =>
      runInFrame(newFrame(), () => {
        throw error;
      }),
    ).toThrow(error);
    expect(currentFrame()).toBeUndefined();
  });

  test.each([[undefined], ["f"], [{}]])("throws a TypeError for %j instead of a function", (f) => {
    expect(() => runInFrame(newFrame(), f as never)).toThrow(TypeError);
    expect(currentFrame()).toBeUndefined();
  });

  test("makes the context of the frame the current one", () => {
    const frame = newFrame();

    expect(runInFrame(frame, currentContext)).toBe(frame.context);
  });

  test("stays with an async function over its awaits", async () => {
    const frame = newFrame();

    const seen = await runInFrame(frame, async () => {
      await Promise.resolve();
      const afterMicrotask = currentFrame();
      await nextMacrotask();
      return [afterMicrotask, currentFrame()];
    });

    expect(seen).toEqual([frame, frame]);
  });

  test("stays with what its function starts, timers and microtasks alike", async () => {
    const frame = newFrame();

    const seen = await runInFrame(frame, () =>
      Promise.all([
        new Promise((resolve) => queueMicrotask(() => resolve(currentFrame()))),
        new Promise((resolve) => setImmediate(() => resolve(currentFrame()))),
        Promise.resolve().then(currentFrame),
      ]),
    );

    expect(seen).toEqual([frame, frame, frame]);
  });

  test("does not leak into what runs beside it", async () => {
    const [a, b] = [newFrame(), newFrame()];
    const flow = async (): Promise<(Frame | undefined)[]> => {
      const seen = [currentFrame()];
      await Promise.resolve();
      seen.push(currentFrame());
      await Promise.resolve();
      return [...seen, currentFrame()];
    };

    const [seenByA, seenByB, seenOutside] = await Promise.all([runInFrame(a, flow), runInFrame(b, flow), flow()]);

    expect(seenByA).toEqual([a, a, a]);
    expect(seenByB?.every((frame) => frame === b)).toBe(true);
    expect(seenOutside).toEqual([undefined, undefined, undefined]);
  });
});

describe("capture()", () => {
  test("enters its frame later, with arguments and result", () => {
    const frame = newFrame();
    const carrier = capture(frame);

    const seen = carrier.runInAsyncScope((a: number, b: number) => [currentFrame(), a + b], undefined, 1, 2);

    expect(seen[0]).toBe(frame);
    expect(seen[1]).toBe(3);
  });

  test("changes nothing where it is called", () => {
    const frame = newFrame();

    runInFrame(frame, () => {
      capture(newFrame());
      expect(currentFrame()).toBe(frame);
    });
  });

  test("restores the frame before, also after an error", () => {
    const frame = newFrame();
    const error = new Error("from within");
    const fail = (): never => {
      throw error;
    };
    const carrier = capture(newFrame());

    runInFrame(frame, () => {
      expect(() => carrier.runInAsyncScope(fail, undefined)).toThrow(error);
      expect(currentFrame()).toBe(frame);
    });
  });

  test("can be entered again and again, as a task is for each of its steps", () => {
    const v = new ContextVar("v", { default: 0 });
    const carrier = capture(newFrame());
    const step = (): number => {
      v.set(v.get() + 1);
      return v.get();
    };

    expect([1, 2, 3].map(() => carrier.runInAsyncScope(step, undefined))).toEqual([1, 2, 3]);
    expect(v.get()).toBe(0);
  });

  test("takes every foreign AsyncLocalStorage along, as it was at the capture", () => {
    const foreign = new AsyncLocalStorage<string>();

    const carrier = foreign.run("then", () => capture(newFrame()));
    const seen = foreign.run("now", () => [
      carrier.runInAsyncScope(() => foreign.getStore(), undefined),
      foreign.getStore(),
    ]);

    expect(seen).toEqual(["then", "now"]);
  });

  test("takes along that a foreign AsyncLocalStorage held nothing", () => {
    const foreign = new AsyncLocalStorage<string>();
    const carrier = capture(newFrame());

    const seen = foreign.run("now", () => carrier.runInAsyncScope(() => foreign.getStore(), undefined));

    expect(seen).toBeUndefined();
  });

  test("carries both kinds over the awaits of an async function", async () => {
    const foreign = new AsyncLocalStorage<string>();
    const frame = newFrame();
    const carrier = foreign.run("then", () => capture(frame));

    const seen = await carrier.runInAsyncScope(async () => {
      await Promise.resolve();
      await nextMacrotask();
      return [currentFrame(), foreign.getStore()];
    }, undefined);

    expect(seen).toEqual([frame, "then"]);
  });
});
