import { describe, expect, test } from "vitest";
import { FakeHost } from "../test/fake-host.ts";
import { VirtualLoop } from "../test/virtual-loop.ts";
import { BaseEventLoop } from "./base-event-loop.ts";
import type { Timer, TimerHolder } from "./scheduler.ts";

/** Run until all live timers have fired. */
async function runAll(loop: VirtualLoop): Promise<void> {
  await loop.runFor(1e12);
}

describe("callLater() and callAt()", () => {
  test("fire at their time, neither sooner nor later", async () => {
    const loop = new VirtualLoop();
    const times: number[] = [];
    const note = (): void => void times.push(loop.time());

    loop.callLater(2.5, note);
    loop.callAt(1.25, note);
    await runAll(loop);

    expect(times).toEqual([1.25, 2.5]);
  });

  test("pass their arguments", async () => {
    const loop = new VirtualLoop();
    const calls: unknown[][] = [];
    const note = (...args: unknown[]): void => void calls.push(args);

    loop.callLater(1, note, "later", 1);
    loop.callAt(2, note, "at", 2);
    await runAll(loop);

    expect(calls).toEqual([
      ["later", 1],
      ["at", 2],
    ]);
  });

  test("callLater() counts from the call, not from the start of the run", async () => {
    const loop = new VirtualLoop();

    loop.callLater(3, () => loop.callLater(2, () => loop.stop()));
    await loop.run();

    expect(loop.time()).toBe(5);
  });

  test("callLater() counts the time that its callback has blocked", async () => {
    const loop = new VirtualLoop();

    loop.callSoon(() => {
      loop.host.advance(10);
      loop.callLater(2, () => loop.stop());
    });
    await loop.run();

    expect(loop.time()).toBe(12);
  });

  test("fire in the same turn when their deadlines differ by a rounding error only", async () => {
    const loop = new VirtualLoop();
    const turns: number[] = [];
    const note = (): void => void turns.push(loop.statistics().turns);

    loop.callAt(0.1 + 0.2, note); // 0.30000000000000004
    loop.callAt(0.3, note);
    loop.callAt(0.300_001, note);
    await runAll(loop);

    expect(turns).toEqual([1, 1, 2]);
  });

  test("fire in the order of their deadlines", async () => {
    const loop = new VirtualLoop();
    const order: number[] = [];

    for (const delay of [5, 1, 4, 2, 3]) loop.callLater(delay, () => order.push(delay));
    await runAll(loop);

    expect(order).toEqual([1, 2, 3, 4, 5]);
  });

  test("of one deadline fire in the order of scheduling", async () => {
    const loop = new VirtualLoop();
    const order: number[] = [];

    for (let n = 0; n < 20; n++) {
      if (n % 2 === 0) loop.callLater(1, () => order.push(n));
      else loop.callAt(1, () => order.push(n));
    }
    await runAll(loop);

    expect(order).toEqual([...Array(20).keys()]);
  });

  test("of one deadline fire in one turn", async () => {
    const loop = new VirtualLoop();

    for (let n = 0; n < 20; n++) loop.callLater(1, () => {});
    await loop.runFor(1);

    expect(loop.statistics().turns).toBe(1);
  });

  test("[94] with negative delays fire in the order of their deadlines", async () => {
    const loop = new VirtualLoop();
    const order: string[] = [];

    loop.callLater(-1, () => order.push("-1"));
    loop.callLater(-2, () => order.push("-2"));
    await loop.runOneTurn();

    expect(order).toEqual(["-2", "-1"]);
    expect(loop.time()).toBe(0);
  });

  test("with a delay of minus infinity fire before all others, in the order of scheduling", async () => {
    const loop = new VirtualLoop();
    const order: string[] = [];

    loop.callLater(-1e9, () => order.push("-1e9"));
    for (const name of ["a", "b", "c", "d"]) loop.callLater(Number.NEGATIVE_INFINITY, () => order.push(name));
    await loop.runOneTurn();

    expect(order).toEqual(["a", "b", "c", "d", "-1e9"]);
  });

  test("callLater(0) fires in the next turn, after what is ready by then", async () => {
    const loop = new VirtualLoop();
    const order: string[] = [];

    loop.callSoon(() => {
      loop.callLater(0, () => order.push(`timer in turn ${loop.statistics().turns}`));
      loop.callSoon(() => order.push(`callback in turn ${loop.statistics().turns}`));
    });
    loop.callSoon(() => order.push(`neighbour in turn ${loop.statistics().turns}`));
    await loop.runFor(1);

    expect(order).toEqual(["neighbour in turn 1", "callback in turn 2", "timer in turn 2"]);
  });

  test("of a deadline that has passed fires in the next turn", async () => {
    const loop = new VirtualLoop();
    loop.host.advance(100);
    let turn = 0;

    loop.callAt(1, () => {
      turn = loop.statistics().turns;
    });
    await loop.runOneTurn();

    expect(turn).toBe(1);
  });

  test("wait for a thousand million seconds", async () => {
    const loop = new VirtualLoop();

    loop.callLater(1e9, () => loop.stop());
    await loop.run();

    expect(loop.time()).toBe(1e9);
  });

  test("never fire after an infinite delay, and hold no run up", async () => {
    const loop = new VirtualLoop();
    let fired = false;

    loop.callLater(Number.POSITIVE_INFINITY, () => {
      fired = true;
    });
    await loop.runFor(1e15);

    expect(fired).toBe(false);
    expect(loop.statistics().timers).toBe(1);
  });

  test("answer when they are due", () => {
    const loop = new VirtualLoop();
    loop.host.advance(10);

    expect(loop.callLater(2, () => {}).when()).toBe(12);
    expect(loop.callAt(3, () => {}).when()).toBe(3);
  });

  test("fire in a later run when the one before has stopped too soon", async () => {
    const loop = new VirtualLoop();
    let fired = false;

    loop.callLater(5, () => {
      fired = true;
    });
    await loop.runFor(4);
    expect(fired).toBe(false);

    await loop.runFor(1);
    expect(fired).toBe(true);
  });

  test("of one turn all fire after a callback that has blocked", async () => {
    const loop = new VirtualLoop();
    const order: string[] = [];

    loop.callLater(2, () => order.push("2"));
    loop.callLater(1, () => order.push("1"));
    loop.callSoon(() => loop.host.advance(10));
    await loop.runFor(11);

    expect(order).toEqual(["1", "2"]);
  });
});

describe("scheduleAt()", () => {
  /** A timer of a layer above: no handle, no context. */
  class Deadline implements Timer {
    heldBy: TimerHolder | null = null;
    readonly #due: number;
    readonly #reach: () => void;
    #isDropped = false;

    constructor(due: number, reach: () => void) {
      this.#due = due;
      this.#reach = reach;
    }

    when(): number {
      return this.#due;
    }

    run(): void {
      this.#reach();
    }

    isDropped(): boolean {
      return this.#isDropped;
    }

    drop(): void {
      this.#isDropped = true;
      this.heldBy?.timerDropped();
    }
  }

  test("runs a timer in one line with those of callAt()", async () => {
    const loop = new VirtualLoop();
    const order: string[] = [];

    loop.callAt(2, () => order.push("callback at 2"));
    loop.scheduleAt(new Deadline(2, () => order.push("deadline at 2")));
    loop.callAt(2, () => order.push("second callback at 2"));
    loop.scheduleAt(new Deadline(1, () => order.push("deadline at 1")));
    await runAll(loop);

    expect(order).toEqual(["deadline at 1", "callback at 2", "deadline at 2", "second callback at 2"]);
  });

  test("passes over a timer that is dropped, for which time does not pass", async () => {
    const loop = new VirtualLoop();
    let reached = false;
    const deadline = new Deadline(1, () => {
      reached = true;
    });

    loop.scheduleAt(deadline);
    deadline.drop();
    expect(loop.statistics()).toMatchObject({ timers: 1, cancelledTimers: 1 });
    await expect(loop.runForever()).rejects.toThrow("Nothing can wake the event loop");

    expect(reached).toBe(false);
    expect(loop.time()).toBe(0);
  });

  test("wakes a loop that sleeps", () => {
    const host = new FakeHost();
    const loop = new BaseEventLoop(host);
    loop.callAt(10, () => {});
    void loop.runForever();
    host.settle();

    loop.scheduleAt(new Deadline(5, () => {}));
    host.settle();

    expect(host.alarm).toBe(5);
  });

  test("on a closed loop throws", () => {
    const loop = new VirtualLoop();
    loop.close();

    expect(() => loop.scheduleAt(new Deadline(1, () => {}))).toThrow("Event loop is closed");
    expect(loop.statistics().timers).toBe(0);
  });
});

describe("time()", () => {
  test("is that of the host", () => {
    const host = new FakeHost();
    host.time = 42;
    const loop = new BaseEventLoop(host);

    expect(loop.time()).toBe(42);
    host.time = 43;
    expect(loop.time()).toBe(43);
  });
});

describe("a cancelled timer", () => {
  test("never fires, and time does not pass for it", async () => {
    const loop = new VirtualLoop();
    let fired = false;

    loop.callLater(1, () => loop.stop());
    loop
      .callLater(0.5, () => {
        fired = true;
      })
      .cancel();
    await loop.run();

    expect(fired).toBe(false);
    expect(loop.statistics().turns).toBe(1);
  });

  test("does not move virtual time, as the last of all", async () => {
    const loop = new VirtualLoop();
    loop.callLater(1000, () => {}).cancel();

    await expect(loop.run()).rejects.toThrow("Nothing can wake the event loop");

    expect(loop.time()).toBe(0);
  });

  test("may be cancelled again, and after it has fired", async () => {
    const loop = new VirtualLoop();
    const fired = loop.callLater(1, () => {});
    const cancelled = loop.callLater(10, () => {});
    await loop.runFor(2);

    fired.cancel();
    cancelled.cancel();
    cancelled.cancel();

    expect(loop.statistics()).toMatchObject({ timers: 1, cancelledTimers: 1 });
  });

  test("is dropped when it comes up", async () => {
    const loop = new VirtualLoop();
    loop.callLater(1, () => {}).cancel();
    loop.callLater(3, () => {}).cancel();
    await loop.runFor(2);

    expect(loop.statistics()).toMatchObject({ timers: 0, cancelledTimers: 0 });
  });

  test("[94] stays with up to a hundred of its kind, however few the live ones", async () => {
    const loop = new VirtualLoop();
    loop.callLater(1, () => {}); // a live one at the top: the cancelled ones do not come up
    for (let n = 0; n < 100; n++) loop.callLater(1000, () => {}).cancel();

    await loop.runOneTurn();

    expect(loop.statistics()).toMatchObject({ timers: 101, cancelledTimers: 100 });
  });

  test("[94] goes when there are more than a hundred of its kind, and more than half of all", async () => {
    const loop = new VirtualLoop();
    loop.callLater(1, () => {});
    for (let n = 0; n < 101; n++) loop.callLater(1000, () => {}).cancel();

    await loop.runOneTurn();

    expect(loop.statistics()).toMatchObject({ timers: 1, cancelledTimers: 0 });
  });

  test("[94] stays while half of all or more are live", async () => {
    const loop = new VirtualLoop();
    for (let n = 0; n < 150; n++) loop.callLater(1, () => {});
    for (let n = 0; n < 150; n++) loop.callLater(1000, () => {}).cancel();

    await loop.runOneTurn();

    expect(loop.statistics()).toMatchObject({ timers: 300, cancelledTimers: 150 });
  });

  test("[94] is purged without disturbing the order of the live ones", async () => {
    const loop = new VirtualLoop();
    const order: number[] = [];
    const shuffled = Array.from({ length: 1000 }, (_, n) => (n * 617) % 1000);
    const timers = shuffled.map((n) => ({ n, timer: loop.callLater(1 + n, () => order.push(n)) }));

    for (const { n, timer } of timers) if (n % 3 !== 0) timer.cancel();
    await loop.runFor(2000);

    expect(order).toEqual([...Array(1000).keys()].filter((n) => n % 3 === 0));
  });
});

describe("a loop that sleeps", () => {
  function sleepingLoop(...deadlines: number[]) {
    const host = new FakeHost();
    const loop = new BaseEventLoop(host);
    const timers = deadlines.map((deadline) => loop.callAt(deadline, () => {}));
    void loop.runForever();
    host.settle();
    host.takeRequests();
    return { host, loop, timers };
  }

  test("sets its alarm to the next deadline", () => {
    expect(sleepingLoop(20, 10, 30).host.alarm).toBe(10);
  });

  test("sets no alarm without a timer", () => {
    expect(sleepingLoop().host.alarm).toBeNull();
  });

  test("sets its alarm anew when the timer is cancelled that it waits for", () => {
    const { host, timers } = sleepingLoop(10, 20);

    timers[0]?.cancel();

    expect(host.alarm).toBe(20);
    expect(host.isAwaited).toBe(false);
  });

  test("keeps its alarm when a timer is cancelled that it does not wait for", () => {
    const { host, timers } = sleepingLoop(10, 20, 30);

    timers[1]?.cancel();
    timers[2]?.cancel();

    expect(host.takeRequests()).toEqual([]);
    expect(host.alarm).toBe(10);
  });

  test("keeps its alarm when another timer has the same deadline", () => {
    const { host, timers } = sleepingLoop(10, 10);

    timers[0]?.cancel();

    expect(host.takeRequests()).toEqual([]);
    expect(host.alarm).toBe(10);
  });

  test("sets no alarm any more when its last timer is cancelled", () => {
    const { host, timers } = sleepingLoop(10);

    timers[0]?.cancel();

    expect(host.alarm).toBeNull();
    expect(host.isAwaited).toBe(false);
  });

  test("takes no turn for a timer that is cancelled meanwhile", () => {
    const { host, loop, timers } = sleepingLoop(10, 20);

    timers[0]?.cancel();
    host.ring();
    host.settle();

    expect(host.time).toBe(20);
    expect(loop.statistics().turns).toBe(1);
  });

  test("wakes for a sooner timer", () => {
    const { host, loop } = sleepingLoop(10);

    loop.callAt(5, () => {});
    host.settle();

    expect(host.alarm).toBe(5);
  });

  test("sleeps on when its host wakes it too soon", () => {
    const { host, loop } = sleepingLoop(10);

    host.ring(9.999);
    host.settle();

    expect(host.alarm).toBe(10);
    expect(loop.statistics()).toMatchObject({ turns: 0, timers: 1 });
  });

  test("fires all that is due by the time it is woken, in order", () => {
    const { host, loop } = sleepingLoop(30, 10, 20);

    host.ring(25);
    host.settle();

    expect(host.alarm).toBe(30);
    expect(loop.statistics()).toMatchObject({ turns: 1, timers: 1 });
  });
});
