import { describe, expect, test, vi } from "vitest";
import type { Frame } from "./ambient.ts";
import { carryFrame, storage } from "./ambient-storage.web.ts";
import { Context } from "./context.ts";

function newFrame(): Frame {
  return { context: new Context(), owner: null };
}

describe("the synchronous stand-in", () => {
  test("run() makes a frame current for a call, and then restores the one before", () => {
    const [outer, inner] = [newFrame(), newFrame()];

    const seen = storage.run(outer, () => [
      storage.getStore(),
      storage.run(inner, () => storage.getStore()),
      storage.getStore(),
    ]);

    expect(seen.map((frame) => [outer, inner].indexOf(frame as Frame))).toEqual([0, 1, 0]);
    expect(storage.getStore()).toBeUndefined();
  });

  test("run() restores the frame before also after an error", () => {
    const error = new Error("from within");

    expect(() =>
      storage.run(newFrame(), () => {
        throw error;
      }),
    ).toThrow(error);
    expect(storage.getStore()).toBeUndefined();
  });

  test("carryFrame() enters its frame for the call alone, with arguments and result", () => {
    const frame = newFrame();
    const carrier = carryFrame(frame);

    const seen = carrier.runInAsyncScope((a: number, b: number) => [storage.getStore(), a + b], undefined, 1, 2);

    expect(seen[0]).toBe(frame);
    expect(seen[1]).toBe(3);
    expect(storage.getStore()).toBeUndefined();
  });

  test("carryFrame() can be entered again, also within itself", () => {
    const frame = newFrame();
    const carrier = carryFrame(frame);

    const nested = carrier.runInAsyncScope(
      () => carrier.runInAsyncScope(() => storage.getStore(), undefined),
      undefined,
    );

    expect(nested).toBe(frame);
    expect(carrier.runInAsyncScope(() => storage.getStore(), undefined)).toBe(frame);
  });

  test("carryFrame() restores the frame before also after an error", () => {
    const error = new Error("from within");
    const fail = (): never => {
      throw error;
    };

    expect(() => carryFrame(newFrame()).runInAsyncScope(fail, undefined)).toThrow(error);
    expect(storage.getStore()).toBeUndefined();
  });

  test("carries the steps of a generator that are taken one by one", () => {
    const frame = newFrame();
    const carrier = carryFrame(frame);
    function* body(): Generator<Frame | undefined> {
      yield storage.getStore();
      yield storage.getStore();
    }

    const steps = body();
    const seen = [1, 2].map(() => carrier.runInAsyncScope(() => steps.next().value, undefined));

    expect(seen).toEqual([frame, frame]);
  });

  test("is lost by an async function at its first await", async () => {
    const frame = newFrame();
    const seen: (Frame | undefined)[] = [];

    await storage.run(frame, async () => {
      seen.push(storage.getStore());
      await Promise.resolve();
      seen.push(storage.getStore());
    });

    expect(seen).toEqual([frame, undefined]);
  });
});

describe("contextvars on the stand-in, as in a browser", () => {
  /** The package as it is loaded where there is no AsyncLocalStorage. */
  async function loadForTheWeb() {
    vi.resetModules();
    vi.doMock("#ambient-storage", () => import("./ambient-storage.web.ts"));
    const loaded = await import("./index.ts");
    vi.doUnmock("#ambient-storage");
    return loaded;
  }

  test("Context.run() keeps changes inside, nested as well", async () => {
    const { Context, ContextVar } = await loadForTheWeb();
    const v = new ContextVar("v", { default: "outside" });
    const [outer, inner] = [new Context(), new Context()];

    outer.run(() => {
      v.set("outer");
      inner.run(() => v.set("inner"));
      expect(v.get()).toBe("outer");
    });

    expect([v.get(), outer.get(v), inner.get(v)]).toEqual(["outside", "outer", "inner"]);
  });

  test("Context.run() of the current context is refused", async () => {
    const { Context, RuntimeError } = await loadForTheWeb();
    const context = new Context();

    context.run(() => {
      expect(() => context.run(() => {})).toThrow(RuntimeError);
    });
  });

  test("an async function is in its context up to its first await, and then outside", async () => {
    const { Context, ContextVar } = await loadForTheWeb();
    const v = new ContextVar("v", { default: "outside" });

    const seen = await new Context().run(async () => {
      v.set("inside");
      const before = v.get();
      await Promise.resolve();
      return [before, v.get()];
    });

    expect(seen).toEqual(["inside", "outside"]);
  });

  test("two interleaved generators that are stepped in their flows keep their values", async () => {
    const { Context, ContextVar, capture } = await loadForTheWeb();
    const v = new ContextVar<string>("v");
    const seen: string[] = [];
    function* body(name: string): Generator<void> {
      v.set(name);
      yield;
      seen.push(v.get());
      yield;
      seen.push(v.get());
    }

    const flows = ["a", "b"].map((name) => ({
      carrier: capture({ context: new Context(), owner: null }),
      steps: body(name),
    }));
    for (let step = 0; step < 3; step++) {
      for (const { carrier, steps } of flows) carrier.runInAsyncScope(() => steps.next(), undefined);
    }

    expect(seen).toEqual(["a", "b", "a", "b"]);
  });
});
