import { describe, expect, test } from "vitest";
import { FakeHost } from "../test/fake-host.ts";
import { VirtualLoop } from "../test/virtual-loop.ts";
import { BaseEventLoop } from "./base-event-loop.ts";

describe("runForever()", () => {
  test("answers a promise that resolves when the loop has stopped", async () => {
    const loop = new VirtualLoop();
    loop.callSoon(() => loop.stop());

    const run = loop.runForever();

    expect(run).toBeInstanceOf(Promise);
    expect(await run).toBeUndefined();
    expect(loop.isRunning()).toBe(false);
  });

  test("runs nothing before it returns", async () => {
    const loop = new VirtualLoop();
    const order: string[] = [];
    loop.callSoon(() => {
      order.push("callback");
      loop.stop();
    });

    const run = loop.runForever();
    order.push("returned");
    await run;

    expect(order).toEqual(["returned", "callback"]);
  });

  test("is running at once, and in its callbacks", async () => {
    const loop = new VirtualLoop();
    const seen: boolean[] = [loop.isRunning()];
    loop.callSoon(() => {
      seen.push(loop.isRunning());
      loop.stop();
    });

    const run = loop.runForever();
    seen.push(loop.isRunning());
    await run;

    expect(seen).toEqual([false, true, true]);
  });

  test("is refused while the loop is running, which goes on", async () => {
    const loop = new VirtualLoop();
    let ended = false;
    loop.callLater(1, () => {
      ended = true;
      loop.stop();
    });

    const run = loop.runForever();

    expect(() => loop.runForever()).toThrow("This event loop is already running");
    await run;
    expect(ended).toBe(true);
  });

  test("is refused in a callback of the same loop", async () => {
    const loop = new VirtualLoop();
    loop.callSoon(() => {
      loop.stop();
      expect(() => loop.runForever()).toThrow("This event loop is already running");
    });

    await loop.run();
  });

  test("is refused in a callback of another loop, over awaits as well", async () => {
    const [outer, inner] = [new VirtualLoop(), new VirtualLoop()];
    const refusal = "Cannot run the event loop while another loop is running";
    let refusals = 0;
    outer.callSoon(async () => {
      expect(() => inner.runForever()).toThrow(refusal);
      refusals++;
      await Promise.resolve();
      expect(() => inner.runForever()).toThrow(refusal);
      refusals++;
      outer.stop();
    });

    await outer.run();

    expect(refusals).toBe(2);
    expect(inner.isRunning()).toBe(false);
  });

  test("is allowed beside another running loop", async () => {
    const loops = [new VirtualLoop(), new VirtualLoop()];
    const order: string[] = [];
    for (const [index, loop] of loops.entries()) {
      loop.callLater(1, () => order.push(`${index} at ${loop.time()}`));
      loop.callLater(2, () => loop.stop());
    }

    await Promise.all(loops.map((loop) => loop.run()));

    expect(order.toSorted()).toEqual(["0 at 1", "1 at 1"]);
    expect(loops.map((loop) => loop.time())).toEqual([2, 2]);
  });

  test("is allowed in a flow whose loop has stopped", async () => {
    const [first, second] = [new VirtualLoop(), new VirtualLoop()];
    const secondRun = new Promise<void>((resolve, reject) => {
      first.callSoon(() => {
        first.stop();
        setImmediate(() => {
          second.runOneTurn().then(resolve, reject);
        });
      });
    });

    await first.run();
    await secondRun;

    expect(second.statistics().turns).toBe(1);
  });

  test("may be repeated", async () => {
    const loop = new VirtualLoop();
    const order: number[] = [];

    for (const n of [1, 2, 3]) {
      loop.callSoon(() => {
        order.push(n);
        loop.stop();
      });
      await loop.run();
    }

    expect(order).toEqual([1, 2, 3]);
  });

  test("rejects when nothing can ever wake the loop, which then has stopped", async () => {
    const loop = new VirtualLoop();
    loop.callSoon(() => {});

    await expect(loop.runForever()).rejects.toThrow(
      "Nothing can wake the event loop: no handle is ready and no timer is armed",
    );

    expect(loop.isRunning()).toBe(false);
    await loop.runFor(1);
    expect(loop.time()).toBe(1);
  });

  test("rejects with the error of a subclass that knows better what is stuck", async () => {
    class Loop extends VirtualLoop {
      protected override deadlockError(): Error {
        return new Error("all three are waiting for each other");
      }
    }

    await expect(new Loop().runForever()).rejects.toThrow("all three are waiting for each other");
  });

  test("rejects with the error of a runnable that throws, and can then be repeated", async () => {
    const loop = new VirtualLoop();
    const order: string[] = [];
    const error = new Error("I promised not to throw");
    loop.schedule({
      run() {
        throw error;
      },
    });
    loop.callSoon(() => order.push("the rest of the turn"));

    await expect(loop.runForever()).rejects.toBe(error);
    expect(loop.isRunning()).toBe(false);
    expect(order).toEqual([]);

    await loop.runOneTurn();
    expect(order).toEqual(["the rest of the turn"]);
  });

  test("after an error begins with a turn of its own, which what was left over belongs to", async () => {
    const loop = new VirtualLoop();
    const order: string[] = [];
    loop.schedule({
      run() {
        throw new Error("I promised not to throw");
      },
    });
    loop.callSoon(() => {
      order.push("left over");
      loop.callSoon(() => order.push("scheduled by that"));
    });
    await expect(loop.runForever()).rejects.toThrow("I promised not to throw");

    await loop.runOneTurn();

    expect(order).toEqual(["left over"]);
    expect(loop.statistics()).toMatchObject({ turns: 2, ready: 1 });
  });
});

describe("stop()", () => {
  test("lets the turn end, and leaves what it schedules to the next run", async () => {
    const loop = new VirtualLoop();
    const order: string[] = [];
    loop.callSoon(() => {
      loop.stop();
      loop.callSoon(() => order.push("scheduled after stop()"));
    });
    loop.callSoon(() => order.push("rest of the turn"));

    await loop.run();
    expect(order).toEqual(["rest of the turn"]);
    expect(loop.statistics().ready).toBe(1);

    await loop.runOneTurn();
    expect(order).toEqual(["rest of the turn", "scheduled after stop()"]);
  });

  test("leaves timers that are due to the next run", async () => {
    const loop = new VirtualLoop();
    let fired = false;
    loop.callSoon(() => {
      loop.callLater(0, () => {
        fired = true;
      });
      loop.stop();
    });

    await loop.run();

    expect(fired).toBe(false);
    expect(loop.statistics().timers).toBe(1);
  });

  test("[94] before a run lets it take exactly one turn", async () => {
    const loop = new VirtualLoop();
    const order: string[] = [];
    loop.callLater(0, () => order.push("due timer"));
    loop.callSoon(() => {
      order.push("ready");
      loop.callSoon(() => order.push("next turn"));
    });

    loop.stop();
    await loop.run();

    expect(order).toEqual(["ready", "due timer"]);
    expect(loop.statistics().turns).toBe(1);
  });

  test("[94] before a run with nothing to do ends it at once, without waiting for a timer", async () => {
    const loop = new VirtualLoop();
    loop.callLater(10, () => {});

    loop.stop();
    await loop.run();

    expect(loop.time()).toBe(0);
    expect(loop.statistics()).toMatchObject({ turns: 1, timers: 1 });
  });

  test("counts for one run", async () => {
    const loop = new VirtualLoop();
    loop.stop();
    loop.stop();
    await loop.run();

    loop.callLater(1, () => loop.stop());
    await loop.run();

    expect(loop.time()).toBe(1);
  });

  test("wakes a loop that sleeps, which takes no further turn", () => {
    const host = new FakeHost();
    const loop = new BaseEventLoop(host);
    loop.callSoon(() => {});
    loop.callAt(10, () => {});
    void loop.runForever();
    host.settle();

    loop.stop();
    host.settle();

    expect(loop.isRunning()).toBe(false);
    expect(host.alarm).toBeNull();
    expect(loop.statistics().turns).toBe(1);
  });

  test("while the loop drains lets the turn end", async () => {
    const loop = new VirtualLoop();
    const order: string[] = [];
    loop.callSoon(async () => {
      await Promise.resolve();
      loop.stop();
    });
    loop.callSoon(() => {
      order.push("rest of the turn");
      loop.callSoon(() => order.push("next turn"));
    });

    await loop.run();

    expect(order).toEqual(["rest of the turn"]);
  });
});

describe("close()", () => {
  test("closes a loop that never ran", () => {
    const loop = new VirtualLoop();
    expect(loop.isClosed()).toBe(false);

    loop.close();

    expect(loop.isClosed()).toBe(true);
  });

  test("twice does nothing more", () => {
    const loop = new VirtualLoop();
    let told = 0;
    loop.onClose(() => told++);

    loop.close();
    loop.close();

    expect(told).toBe(1);
  });

  test("is refused while the loop is running, which goes on", async () => {
    const loop = new VirtualLoop();
    loop.callSoon(() => {
      expect(() => loop.close()).toThrow("Cannot close a running event loop");
      loop.stop();
    });

    await loop.run();

    expect(loop.isClosed()).toBe(false);
  });

  test("drops what is queued", () => {
    const loop = new VirtualLoop();
    loop.callSoon(() => {});
    loop.callLater(1, () => {}).cancel();
    loop.callLater(2, () => {});

    loop.close();

    expect(loop.statistics()).toEqual({ turns: 0, ready: 0, timers: 0, cancelledTimers: 0 });
  });

  test("leaves handles that can still be cancelled", () => {
    const loop = new VirtualLoop();
    const handles = [loop.callSoon(() => {}), loop.callLater(1, () => {})];
    loop.close();

    for (const handle of handles) handle.cancel();

    expect(handles.map((handle) => handle.cancelled())).toEqual([true, true]);
    expect(loop.statistics().cancelledTimers).toBe(0);
  });

  test.each([
    ["callSoon", (loop: VirtualLoop) => loop.callSoon(() => {})],
    ["callSoonWith", (loop: VirtualLoop) => loop.callSoonWith({}, () => {})],
    ["callLater", (loop: VirtualLoop) => loop.callLater(1, () => {})],
    ["callLaterWith", (loop: VirtualLoop) => loop.callLaterWith({}, 1, () => {})],
    ["callAt", (loop: VirtualLoop) => loop.callAt(1, () => {})],
    ["callAtWith", (loop: VirtualLoop) => loop.callAtWith({}, 1, () => {})],
    ["schedule", (loop: VirtualLoop) => loop.schedule({ run() {} })],
    ["runForever", (loop: VirtualLoop) => loop.runForever()],
  ])("makes %s() throw", (_, use) => {
    const loop = new VirtualLoop();
    loop.close();

    expect(() => use(loop)).toThrow("Event loop is closed");
    expect(loop.statistics()).toMatchObject({ ready: 0, timers: 0 });
    expect(loop.isRunning()).toBe(false);
  });

  test("leaves the clock, the settings and the reports working", () => {
    const loop = new VirtualLoop();
    loop.close();

    loop.stop();
    loop.setDebug(true);
    loop.callExceptionHandler({ message: "too late" });

    expect(loop.time()).toBe(0);
    expect(loop.getDebug()).toBe(true);
    expect(loop.reports).toEqual([{ message: "too late" }]);
  });
});

describe("onClose()", () => {
  test("listeners run once, in their order, when the loop is closed already", () => {
    const loop = new VirtualLoop();
    const order: string[] = [];
    loop.onClose(() => order.push(`first, closed: ${loop.isClosed()}`));
    loop.onClose(() => order.push("second"));

    loop.close();
    loop.close();

    expect(order).toEqual(["first, closed: true", "second"]);
  });

  test("listeners that come too late are never called", () => {
    const loop = new VirtualLoop();
    let told = false;
    loop.close();

    loop.onClose(() => {
      told = true;
    });
    loop.close();

    expect(told).toBe(false);
  });

  test("listeners cannot schedule any more", () => {
    const loop = new VirtualLoop();
    let refused = false;
    loop.onClose(() => {
      expect(() => loop.callSoon(() => {})).toThrow("Event loop is closed");
      refused = true;
    });

    loop.close();

    expect(refused).toBe(true);
  });

  test("a listener that throws neither keeps the others from running nor the loop from closing", () => {
    const loop = new VirtualLoop();
    const order: string[] = [];
    const error = new Error("from a listener");
    loop.onClose(() => {
      throw error;
    });
    loop.onClose(() => order.push("second"));
    loop.schedule({ run() {}, runWithoutLoop: () => void order.push("what was queued") });

    loop.close();

    expect(order).toEqual(["second", "what was queued"]);
    expect(loop.isClosed()).toBe(true);
    expect(loop.reports.map(({ exception }) => exception)).toEqual([error]);
  });
});

describe("runWithoutLoop()", () => {
  test("is called at the close for what was still queued, in order, after the listeners", () => {
    const loop = new VirtualLoop();
    const order: string[] = [];
    loop.schedule({ run() {}, runWithoutLoop: () => void order.push("first") });
    loop.schedule({ run: () => void order.push("never") });
    loop.schedule({ run() {}, runWithoutLoop: () => void order.push("second") });
    loop.onClose(() => order.push("listener"));

    loop.close();

    expect(order).toEqual(["listener", "first", "second"]);
  });

  test("is not called for what has run", async () => {
    const loop = new VirtualLoop();
    const order: string[] = [];
    loop.schedule({ run: () => void order.push("run"), runWithoutLoop: () => void order.push("without loop") });
    await loop.runOneTurn();

    loop.close();

    expect(order).toEqual(["run"]);
  });
});
