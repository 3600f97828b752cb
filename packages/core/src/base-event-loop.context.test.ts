import { AsyncLocalStorage } from "node:async_hooks";
import { Context, ContextVar, copyContext, currentContext, currentFrame } from "@asyncio-ts/contextvars";
import { describe, expect, test } from "vitest";
import { VirtualLoop } from "../test/virtual-loop.ts";
import type { Handle } from "./handle.ts";

type Callback = () => unknown;
type Schedule = (loop: VirtualLoop, callback: Callback, context?: Context) => Handle;

const ways: [string, Schedule][] = [
  ["callSoon", (loop, callback, context) => loop.callSoonWith({ context }, callback)],
  ["callLater", (loop, callback, context) => loop.callLaterWith({ context }, 1, callback)],
  ["callAt", (loop, callback, context) => loop.callAtWith({ context }, 1, callback)],
];

describe.each(ways)("a callback of %s()", (_, schedule) => {
  test("runs in a copy of the context in which it was scheduled", async () => {
    const loop = new VirtualLoop();
    const v = new ContextVar<string>("v");
    const creator = new Context();
    let seen: string | undefined;

    const handle = creator.run(() => {
      v.set("then");
      const scheduled = schedule(loop, () => {
        seen = v.get();
      });
      v.set("later");
      return scheduled;
    });
    await loop.runFor(2);

    expect(seen).toBe("then");
    expect(handle.getContext()).not.toBe(creator);
  });

  test("keeps its changes to itself", async () => {
    const loop = new VirtualLoop();
    const v = new ContextVar("v", { default: "unchanged" });
    const seen: string[] = [];
    const creator = new Context();

    creator.run(() => {
      schedule(loop, () => v.set("changed"));
      schedule(loop, () => seen.push(v.get()));
    });
    await loop.runFor(2);

    expect(seen).toEqual(["unchanged"]);
    expect(creator.has(v)).toBe(false);
    expect(v.get()).toBe("unchanged");
  });

  test("runs in the very context that it is given, with what others did there", async () => {
    const loop = new VirtualLoop();
    const v = new ContextVar("v", { default: 0 });
    const context = new Context();
    let seen: Context | undefined;

    const handle = schedule(loop, () => v.set(v.get() + 1), context);
    schedule(loop, () => v.set(v.get() + 1), context);
    schedule(
      loop,
      () => {
        seen = currentContext();
      },
      context,
    );
    await loop.runFor(2);

    expect(handle.getContext()).toBe(context);
    expect(seen).toBe(context);
    expect(context.get(v)).toBe(2);
  });

  test("keeps its context over awaits", async () => {
    const loop = new VirtualLoop();
    const v = new ContextVar<string>("v");
    const seen: string[] = [];

    for (const name of ["a", "b"]) {
      new Context().run(() => {
        v.set(name);
        schedule(loop, async () => {
          await Promise.resolve();
          seen.push(v.get());
        });
      });
    }
    await loop.runFor(2);

    expect(seen).toEqual(["a", "b"]);
  });

  test("belongs to its handle", async () => {
    const loop = new VirtualLoop();
    let owner: unknown;

    const handle = schedule(loop, () => {
      owner = currentFrame()?.owner;
    });
    await loop.runFor(2);

    expect(owner).toBe(handle);
    expect(currentFrame()).toBeUndefined();
  });

  test("sees a foreign AsyncLocalStorage as it was when it was scheduled, as one of setTimeout() would", async () => {
    const loop = new VirtualLoop();
    const foreign = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const note = (): void => void seen.push(foreign.getStore());

    foreign.run("a", () => schedule(loop, note));
    schedule(loop, note);
    foreign.run("b", () => schedule(loop, note, new Context()));
    await foreign.run("of the run", () => loop.runFor(2));

    expect(seen).toEqual(["a", undefined, "b"]);
  });

  test("keeps a foreign AsyncLocalStorage over awaits", async () => {
    const loop = new VirtualLoop();
    const foreign = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];

    for (const name of ["a", "b"]) {
      foreign.run(name, () =>
        schedule(loop, async () => {
          await Promise.resolve();
          seen.push(foreign.getStore());
        }),
      );
    }
    await loop.runFor(2);

    expect(seen).toEqual(["a", "b"]);
  });
});

describe("contexts from callback to callback", () => {
  test("[95] are copied on: a callback schedules in a copy of its own context", async () => {
    const loop = new VirtualLoop();
    const depth = new ContextVar("depth", { default: 0 });
    const seen: number[] = [];
    const descend = (): void => {
      seen.push(depth.get());
      depth.set(depth.get() + 1);
      if (seen.length < 4) loop.callSoon(descend);
      else loop.stop();
    };

    loop.callSoon(descend);
    await loop.run();

    expect(seen).toEqual([0, 1, 2, 3]);
    expect(depth.get()).toBe(0);
  });

  test("that are given may be entered by one callback after another", async () => {
    const loop = new VirtualLoop();
    const context = copyContext();
    let runs = 0;

    for (let n = 0; n < 3; n++) loop.callSoonWith({ context }, () => runs++);
    await loop.runOneTurn();

    expect(runs).toBe(3);
  });
});
