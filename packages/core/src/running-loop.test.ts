import { Context, RuntimeError, runInFrame } from "@asyncio-ts/contextvars";
import { describe, expect, onTestFinished, test } from "vitest";
import { VirtualLoop } from "../test/virtual-loop.ts";
import { getRunningLoop, loopOfFlow, runningLoop, setAmbientLoop } from "./running-loop.ts";
import type { Scheduler } from "./scheduler.ts";

/** What all three answer here; for an error, its message. */
function seen(): [Scheduler | null, Scheduler | null, Scheduler | string] {
  let required: Scheduler | string;
  try {
    required = getRunningLoop();
  } catch (error) {
    required = (error as Error).message;
  }
  return [loopOfFlow(), runningLoop(), required];
}

describe("the running loop", () => {
  test("is none when no loop runs", () => {
    new VirtualLoop();

    const message = "no running event loop: there is one inside run(), and everywhere after install()";
    expect(seen()).toEqual([null, null, message]);
    expect(() => getRunningLoop()).toThrow(RuntimeError);
  });

  test("is that of the handle, in a callback", async () => {
    const loop = new VirtualLoop();
    let inCallback: unknown[] = [];
    loop.callSoon(() => {
      inCallback = seen();
    });
    await loop.runOneTurn();

    expect(inCallback.map((each) => each === loop)).toEqual([true, true, true]);
  });

  test("is that of the flow, after an await in a callback", async () => {
    const loop = new VirtualLoop();
    let afterAwait: unknown[] = [];
    loop.callSoon(async () => {
      await Promise.resolve();
      afterAwait = seen();
    });
    await loop.runOneTurn();

    expect(afterAwait.map((each) => each === loop)).toEqual([true, true, true]);
  });

  test("outside of any flow is the only one that runs", async () => {
    const loop = new VirtualLoop();
    const run = loop.runFor(1);

    const outside = seen();
    await run;

    expect(outside.map((each) => each === loop)).toEqual([false, true, true]);
    expect(outside[0]).toBeNull();
  });

  test("outside of any flow is none when several run", async () => {
    const loops = [new VirtualLoop(), new VirtualLoop()];
    const runs = loops.map((loop) => loop.runFor(1));

    const outside = seen();
    await Promise.all(runs);

    expect(outside.slice(0, 2)).toEqual([null, null]);
    expect(outside[2]).toBeTypeOf("string");
  });

  test("is that of each flow when several run", async () => {
    const loops = [new VirtualLoop(), new VirtualLoop()];
    const found: boolean[] = [];
    for (const loop of loops) {
      loop.callSoon(async () => {
        found.push(getRunningLoop() === loop);
        await Promise.resolve();
        found.push(getRunningLoop() === loop);
      });
    }
    await Promise.all(loops.map((loop) => loop.runFor(1)));

    expect(found).toEqual([true, true, true, true]);
  });

  test("of a flow whose loop has stopped is the only one that runs", async () => {
    const [stopped, running] = [new VirtualLoop(), new VirtualLoop()];
    const handle = stopped.callSoon(() => {});
    await stopped.runOneTurn();

    const run = running.runFor(1);
    const inFlow = runInFrame(handle, seen);
    await run;

    expect(inFlow.map((each) => each === running)).toEqual([false, true, true]);
  });

  test("of a flow that belongs to nobody is the only one that runs", async () => {
    const loop = new VirtualLoop();
    const run = loop.runFor(1);

    const inFlow = runInFrame({ context: new Context(), owner: null }, seen);
    await run;

    expect(inFlow.map((each) => each === loop)).toEqual([false, true, true]);
  });

  test("is none again when the run is over, also when it has failed", async () => {
    const loop = new VirtualLoop();
    await loop.runOneTurn();
    expect(runningLoop()).toBeNull();

    await expect(loop.runForever()).rejects.toThrow(RuntimeError);
    expect(runningLoop()).toBeNull();
  });

  test("is the ambient one outside of all flows, while that runs, whatever else runs", async () => {
    const [ambient, other] = [new VirtualLoop(), new VirtualLoop()];
    setAmbientLoop(ambient);
    onTestFinished(() => setAmbientLoop(null));
    expect(runningLoop()).toBeNull();
    let inOther: unknown = null;
    other.callSoon(() => {
      inOther = runningLoop();
    });
    const runs = [ambient.runForever(), other.runForever()];

    expect(seen()).toEqual([null, ambient, ambient]);
    await new Promise<void>((resolve) => {
      other.callSoon(() => resolve());
    });
    expect(inOther).toBe(other);

    for (const loop of [ambient, other]) loop.stop();
    await Promise.all(runs);
    expect(runningLoop()).toBeNull();
  });
});
