import { describe, expect, test } from "vitest";
import { VirtualLoop } from "../test/virtual-loop.ts";

describe("a turn", () => {
  test("callSoon() runs a callback once, with its arguments, and not at once", async () => {
    const loop = new VirtualLoop();
    const calls: unknown[][] = [];

    loop.callSoon((...args: unknown[]) => calls.push(args), 1, "two");
    expect(calls).toEqual([]);
    await loop.runOneTurn();
    await loop.runOneTurn();

    expect(calls).toEqual([[1, "two"]]);
  });

  test("runs what is ready first in, first out", async () => {
    const loop = new VirtualLoop();
    const order: number[] = [];

    for (let n = 0; n < 200; n++) loop.callSoon((n: number) => order.push(n), n);
    await loop.runOneTurn();

    expect(order).toEqual([...Array(200).keys()]);
  });

  test("leaves what a callback schedules to the next turn", async () => {
    const loop = new VirtualLoop();
    const order: string[] = [];

    loop.callSoon(() => {
      order.push("first");
      loop.callSoon(() => order.push("scheduled by first"));
    });
    loop.callSoon(() => order.push("second"));
    await loop.runOneTurn();
    expect(order).toEqual(["first", "second"]);

    await loop.runOneTurn();
    expect(order).toEqual(["first", "second", "scheduled by first"]);
  });

  test("takes as many turns as a chain of callbacks has links", async () => {
    const loop = new VirtualLoop();
    const follow = (left: number): void => {
      if (left > 0) loop.callSoon(follow, left - 1);
      else loop.stop();
    };

    loop.callSoon(follow, 99);
    await loop.run();

    expect(loop.statistics().turns).toBe(100);
  });

  test("runs what schedule() got in one line with callbacks", async () => {
    const loop = new VirtualLoop();
    const order: string[] = [];

    loop.callSoon(() => order.push("callback"));
    loop.schedule({ run: () => order.push("runnable") });
    loop.callSoon(() => order.push("callback"));
    await loop.runOneTurn();

    expect(order).toEqual(["callback", "runnable", "callback"]);
  });

  test("runs a runnable as often as it was scheduled", async () => {
    const loop = new VirtualLoop();
    let runs = 0;
    const runnable = { run: () => void runs++ };

    loop.schedule(runnable);
    loop.schedule(runnable);
    await loop.runOneTurn();

    expect(runs).toBe(2);
  });

  test("does not run what was cancelled before the run", async () => {
    const loop = new VirtualLoop();
    let ran = false;

    loop
      .callSoon(() => {
        ran = true;
      })
      .cancel();
    await loop.runOneTurn();

    expect(ran).toBe(false);
  });

  test("does not run what an earlier callback of the same turn cancels", async () => {
    const loop = new VirtualLoop();
    const order: string[] = [];

    loop.callSoon(() => second.cancel());
    const second = loop.callSoon(() => order.push("second"));
    loop.callSoon(() => order.push("third"));
    await loop.runOneTurn();

    expect(order).toEqual(["third"]);
  });

  test("does not run a due timer that an earlier callback of the same turn cancels", async () => {
    const loop = new VirtualLoop();
    const order: string[] = [];

    loop.callLater(1, () => second.cancel());
    const second = loop.callLater(1, () => order.push("second"));
    loop.callLater(1, () => order.push("third"));
    await loop.runFor(2);

    expect(order).toEqual(["third"]);
  });

  test("goes to its end although a callback cancels itself", async () => {
    const loop = new VirtualLoop();
    const order: string[] = [];

    const handle = loop.callSoon(() => {
      handle.cancel();
      order.push("went on");
    });
    await loop.runOneTurn();

    expect(order).toEqual(["went on"]);
    expect(handle.cancelled()).toBe(true);
  });

  test("lets no chain of callbacks starve a timer", async () => {
    const loop = new VirtualLoop();
    let turns = 0;
    const again = (): void => {
      turns++;
      loop.host.advance(0.01);
      loop.callSoon(again);
    };

    loop.callLater(1, () => loop.stop());
    loop.callSoon(again);
    await loop.run();

    expect(turns).toBeGreaterThanOrEqual(100);
    expect(turns).toBeLessThan(140);
  });

  test("lets the microtasks wait that a callback has queued without a word", async () => {
    const loop = new VirtualLoop();
    const order: string[] = [];

    loop.callSoon(() => {
      queueMicrotask(() => order.push("microtask"));
    });
    loop.callSoon(() => {
      order.push("callback");
    });
    loop.callSoon(() => {
      loop.callSoon(() => void order.push("callback of the next turn"));
    });
    loop.callLater(1, () => loop.stop());
    await loop.run();

    expect(order).toEqual(["callback", "callback of the next turn", "microtask"]);
  });
});

describe("statistics()", () => {
  test("of a new loop are zero", () => {
    expect(new VirtualLoop().statistics()).toEqual({ turns: 0, ready: 0, timers: 0, cancelledTimers: 0 });
  });

  test("count what is ready, cancelled handles included, and what waits for its time", () => {
    const loop = new VirtualLoop();

    loop.callSoon(() => {}).cancel();
    loop.schedule({ run() {} });
    loop.callLater(1, () => {});
    loop.callLater(2, () => {}).cancel();

    expect(loop.statistics()).toEqual({ turns: 0, ready: 2, timers: 2, cancelledTimers: 1 });
  });

  test("do not count sleeping as turns", async () => {
    const loop = new VirtualLoop();

    loop.callLater(1, () => {});
    loop.callLater(2, () => loop.stop());
    await loop.run();

    expect(loop.statistics()).toEqual({ turns: 2, ready: 0, timers: 0, cancelledTimers: 0 });
  });

  test("are a snapshot", () => {
    const loop = new VirtualLoop();
    const before = loop.statistics();

    loop.callSoon(() => {});

    expect(before.ready).toBe(0);
  });
});
