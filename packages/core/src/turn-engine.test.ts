import { describe, expect, test } from "vitest";
import { FakeHost } from "../test/fake-host.ts";
import { BaseEventLoop } from "./base-event-loop.ts";

// What the engine of a loop asks of its host, call by call. The fake host refuses one that waits for two things at once.

function newLoop() {
  const host = new FakeHost();
  return { host, loop: new BaseEventLoop(host, { debug: false }) };
}

describe("a run, as its host sees it", () => {
  test("begins when the microtasks are drained", () => {
    const { host, loop } = newLoop();

    void loop.runForever();

    expect(host.takeRequests()).toEqual(["afterMicrotasks"]);
  });

  test("ends without a further wish", () => {
    const { host, loop } = newLoop();
    loop.callSoon(() => loop.stop());
    void loop.runForever();
    host.takeRequests();

    host.proceed();

    expect(host.takeRequests()).toEqual([]);
    expect(loop.isRunning()).toBe(false);
  });

  test("takes turn after turn without handing control back", () => {
    const { host, loop } = newLoop();
    let turns = 0;
    const again = (): void => {
      turns++;
      if (turns < 500) loop.callSoon(again);
      else loop.stop();
    };
    loop.callSoon(again);
    void loop.runForever();

    host.proceed();

    expect(turns).toBe(500);
    expect(loop.isRunning()).toBe(false);
  });

  test("with nothing to do lets the microtasks have their say, then sleeps", () => {
    const { host, loop } = newLoop();
    loop.callSoon(() => {});
    loop.callAt(10, () => {});
    void loop.runForever();
    host.takeRequests();

    host.proceed();
    expect(host.takeRequests()).toEqual(["afterMicrotasks"]);

    host.proceed();
    expect(host.takeRequests()).toEqual(["whenStuck", "wakeAt 10"]);
    expect(host.isAwaited).toBe(false);
  });

  test("goes on with what the microtasks have scheduled, instead of sleeping", () => {
    const { host, loop } = newLoop();
    const order: string[] = [];
    loop.callSoon(() => order.push("first"));
    void loop.runForever();
    host.proceed();
    host.takeRequests();

    loop.callSoon(() => order.push("second")); // as a microtask would
    host.proceed();

    expect(order).toEqual(["first", "second"]);
    expect(host.takeRequests()).toEqual(["afterMicrotasks"]);
  });

  test("fires a timer that has fallen due while the microtasks ran, instead of sleeping", () => {
    const { host, loop } = newLoop();
    loop.callSoon(() => {});
    loop.callAt(10, () => loop.stop());
    void loop.runForever();
    host.proceed();
    host.takeRequests();

    host.time = 10;
    host.proceed();

    expect(host.takeRequests()).toEqual([]);
    expect(loop.isRunning()).toBe(false);
  });

  test("that comes to rest gives back the memory of a burst", () => {
    const { host, loop } = newLoop();
    const runnable = { run() {} };
    void loop.runForever();
    host.settle();
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;

    for (let n = 0; n < 1_000_000; n++) loop.schedule(runnable);
    host.settle();
    globalThis.gc?.();

    expect(process.memoryUsage().heapUsed - before).toBeLessThan(2_000_000); // the queue of the burst held 8,388,608
  });

  test("that is woken by its alarm wants to know no longer whether it is stuck", () => {
    const { host, loop } = newLoop();
    loop.callAt(10, () => loop.stop());
    void loop.runForever();
    host.settle();
    host.takeRequests();

    host.ring();

    expect(host.takeRequests()).toEqual(["cancel whenStuck"]);
    expect(loop.isRunning()).toBe(false);
  });

  test.each([
    ["callSoon()", (loop: BaseEventLoop) => loop.callSoon(() => {})],
    ["callAt()", (loop: BaseEventLoop) => loop.callAt(5, () => {})],
    ["callLater()", (loop: BaseEventLoop) => loop.callLater(5, () => {})],
    ["schedule()", (loop: BaseEventLoop) => loop.schedule({ run() {} })],
    ["stop()", (loop: BaseEventLoop) => loop.stop()],
  ])("that sleeps is woken by %s once, after I/O", (_, wake) => {
    const { host, loop } = newLoop();
    loop.callAt(10, () => {});
    void loop.runForever();
    host.settle();
    host.takeRequests();

    wake(loop);
    wake(loop);

    expect(host.takeRequests()).toEqual(["cancel whenStuck", "cancel wakeAt", "afterIo"]);
  });

  test("is told that it is stuck only while it sleeps, and then fails", async () => {
    const { host, loop } = newLoop();
    const run = loop.runForever();
    host.settle();
    host.takeRequests();

    host.beStuck();

    await expect(run).rejects.toThrow("Nothing can wake the event loop");
    expect(host.alarm).toBeNull();
    expect(host.isAwaited).toBe(false);
  });

  test("that is stuck although it has a timer drops its alarm", async () => {
    const { host, loop } = newLoop();
    loop.callAt(Number.POSITIVE_INFINITY, () => {});
    const run = loop.runForever();
    host.settle();

    host.beStuck();

    await expect(run).rejects.toThrow("Nothing can wake the event loop");
    expect(host.alarm).toBeNull();
  });

  test("can be followed by another one, that begins afresh", () => {
    const { host, loop } = newLoop();
    loop.callAt(10, () => {});
    for (const run of [1, 2]) {
      void loop.runForever();
      host.settle();
      expect([run, host.alarm]).toEqual([run, 10]);
      loop.stop();
      host.settle();
      expect([run, host.alarm]).toEqual([run, null]);
    }
    expect(loop.statistics().turns).toBe(2);
  });
});

describe("a slice", () => {
  /** A loop with endless work: each handle takes `duration`, and schedules the next. */
  function busyLoop(duration: number) {
    const { host, loop } = newLoop();
    const work = { handles: 0, duration };
    const again = {
      run() {
        work.handles++;
        host.time += work.duration;
        loop.schedule(again);
      },
    };
    loop.schedule(again);
    void loop.runForever();
    return { host, loop, work };
  }

  test("is over after about a millisecond, and the host has its I/O", () => {
    const { host, work } = busyLoop(1e-6);
    host.takeRequests();

    host.proceed();

    expect(host.takeRequests()).toEqual(["afterIo"]);
    expect(host.time).toBeGreaterThanOrEqual(0.001);
    expect(host.time).toBeLessThan(0.0011);
    expect(work.handles).toBeLessThan(1100);
  });

  test("follows upon another, a millisecond each", () => {
    const { host } = busyLoop(1e-6);

    for (let slice = 0; slice < 10; slice++) host.proceed();

    expect(host.time).toBeGreaterThanOrEqual(0.01);
    expect(host.time).toBeLessThan(0.011);
  });

  test("reads the clock far less often than once for each handle", () => {
    const { host, work } = busyLoop(1e-6);
    host.proceed();
    const [readsBefore, handlesBefore] = [host.clockReads, work.handles];

    host.proceed();

    expect(host.clockReads - readsBefore).toBeLessThan((work.handles - handlesBefore) / 20);
  });

  test("of long handles gives way to I/O after each", () => {
    const { host, work } = busyLoop(0.1);
    host.proceed(); // the first slices find out that the handles are long

    const before = work.handles;
    host.proceed();

    expect(work.handles - before).toBe(1);
  });

  test("is not longer because a timer is armed", () => {
    const { host, loop } = busyLoop(1e-4);
    loop.callAt(3_600, () => {});
    for (let slice = 0; slice < 10; slice++) host.proceed(); // time enough to take the handles for short ones

    const before = host.time;
    host.proceed();

    expect(host.time - before).toBeLessThan(0.0012);
  });

  test("does not cut a turn in two", () => {
    const { host, loop } = newLoop();
    let ran = 0;
    for (let n = 0; n < 100; n++) {
      loop.callSoon(() => {
        ran++;
        host.time += 0.01;
      });
    }
    void loop.runForever();

    host.proceed();

    expect(ran).toBe(100);
    expect(host.takeRequests()).toEqual(["afterMicrotasks", "afterIo"]);
  });

  test("lets a timer that falls due among handles fire in the next turn", () => {
    const { host, loop, work } = busyLoop(1e-5);
    let firedAt = 0;
    loop.callAt(0.0005, () => {
      firedAt = work.handles;
    });

    host.proceed();

    expect(firedAt).toBeGreaterThanOrEqual(50);
    expect(firedAt).toBeLessThanOrEqual(52);
  });
});

describe("a drain, as the host sees it", () => {
  test("hands control back after the handle that asked for it, and goes on with the next one", () => {
    const { host, loop } = newLoop();
    const order: string[] = [];
    loop.callSoon(() => {
      order.push("first");
      loop.drainMicrotasks();
    });
    loop.callSoon(() => {
      order.push("second");
      loop.stop();
    });
    void loop.runForever();
    host.takeRequests();

    host.proceed();
    expect([order, host.takeRequests()]).toEqual([["first"], ["afterMicrotasks"]]);

    host.proceed();
    expect([order, host.takeRequests()]).toEqual([["first", "second"], []]);
  });

  test("is asked for once, however often the handle wants it", () => {
    const { host, loop } = newLoop();
    loop.callSoon(() => {
      loop.drainMicrotasks();
      loop.drainMicrotasks();
      loop.stop();
    });
    void loop.runForever();
    host.takeRequests();

    host.proceed();
    expect(host.takeRequests()).toEqual(["afterMicrotasks"]);

    host.proceed();
    expect(host.takeRequests()).toEqual([]);
  });

  test("does not begin a new turn", () => {
    const { host, loop } = newLoop();
    for (let n = 0; n < 5; n++) loop.callSoon(() => loop.drainMicrotasks());
    loop.stop();
    void loop.runForever();

    host.settle();

    expect(loop.statistics().turns).toBe(1);
  });

  test("is done in place by a host that can, and control is not handed back", () => {
    const order: string[] = [];
    class Host extends FakeHost {
      drainMicrotasks(): boolean {
        order.push("drain");
        return true;
      }
    }
    const host = new Host();
    const loop = new BaseEventLoop(host);
    loop.callSoon(() => {
      order.push("first");
      loop.drainMicrotasks();
    });
    loop.callSoon(() => {
      order.push("second");
      loop.stop();
    });
    void loop.runForever();
    host.takeRequests();

    host.proceed();

    expect(order).toEqual(["first", "drain", "second"]);
    expect(host.takeRequests()).toEqual([]);
  });

  test("is waited for when the host cannot do it in place just now", () => {
    class Host extends FakeHost {
      drainMicrotasks(): boolean {
        return false;
      }
    }
    const host = new Host();
    const loop = new BaseEventLoop(host);
    loop.callSoon(() => loop.drainMicrotasks());
    void loop.runForever();
    host.takeRequests();

    host.proceed();

    expect(host.takeRequests()).toEqual(["afterMicrotasks"]);
  });
});
