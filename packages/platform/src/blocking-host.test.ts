import { afterEach, describe, expect, test, vi } from "vitest";
import { BlockingHost, type Caller } from "./blocking-host.ts";
import { ring } from "./threadsafe-protocol.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

function never(): boolean {
  return false;
}

/** Runs until nothing can wake it; gives the numbers that `plan` has noted. */
function runUntilStuck(plan: (host: BlockingHost, step: (n: number) => () => void) => void): number[] {
  const host = new BlockingHost();
  const order: number[] = [];
  let isStuck = false;
  host.whenStuck(() => {
    isStuck = true;
  });
  plan(host, (n) => () => void order.push(n));
  expect(host.runUntil(() => isStuck)).toBe(true);
  return order;
}

describe("BlockingHost.runUntil()", () => {
  test("calls back in the order in which it was asked, what is asked meanwhile last", () => {
    const order = runUntilStuck((host, step) => {
      host.afterMicrotasks(() => {
        step(1)();
        host.afterIo(step(4));
      });
      host.afterIo(step(2));
      host.afterMicrotasks(step(3));
    });
    expect(order).toEqual([1, 2, 3, 4]);
  });

  test("rings an alarm that is due once, after all that is ready", () => {
    const order = runUntilStuck((host, step) => {
      host.wakeAt(host.now() - 1, step(2));
      host.afterIo(step(1));
    });
    expect(order).toEqual([1, 2]);
  });

  test("sleeps until its alarm is due, and not longer", () => {
    let late = Number.NaN;
    const order = runUntilStuck((host, step) => {
      const time = host.now() + 0.003;
      host.wakeAt(time, () => {
        late = host.now() - time;
        step(1)();
      });
    });
    expect(order).toEqual([1]);
    expect(late).toBeGreaterThanOrEqual(0);
  });

  test("has no alarm after it was cancelled", () => {
    const order = runUntilStuck((host, step) => {
      host.wakeAt(host.now() + 3600, step(1)).cancel();
    });
    expect(order).toEqual([]);
  });

  test("has one alarm, the one that was set last, which is not cancelled by that before it", () => {
    const order = runUntilStuck((host, step) => {
      const first = host.wakeAt(host.now() - 1, step(1));
      host.wakeAt(host.now() - 1, step(2));
      first.cancel();
    });
    expect(order).toEqual([2]);
  });

  test("ends as soon as its work is over, whatever is left", () => {
    const host = new BlockingHost();
    const order: number[] = [];
    host.afterIo(() => void order.push(1));
    host.afterIo(() => void order.push(2));
    expect(host.runUntil(() => order.length === 1)).toBe(false);
    expect(order).toEqual([1]);
  });

  test("tells the last who asked that it is stuck, unless he has withdrawn", () => {
    const host = new BlockingHost();
    const told: number[] = [];
    const first = host.whenStuck(() => void told.push(1));
    host.whenStuck(() => void told.push(2));
    first.cancel();
    host.runUntil(() => told.length > 0);
    host.whenStuck(() => void told.push(3)).cancel();
    host.whenStuck(() => void told.push(4));
    host.runUntil(() => told.length > 1);
    expect(told).toEqual([2, 4]);
  });
});

describe("BlockingHost.hear()", () => {
  test("lets a caller be heard before each callback, and does not sleep through what he does meanwhile", () => {
    const host = new BlockingHost();
    let heard = 0;
    const caller: Caller = {
      take: () => {
        if (++heard === 1) ring(host.bell);
        if (heard === 2) host.afterIo(() => {});
      },
      isGone: () => {
        throw new Error("the host has slept");
      },
    };
    host.hear(caller);
    host.runUntil(() => heard === 3);
    expect(heard).toBe(3);
  });

  test("waits for a caller until he is gone", () => {
    let looks = 0;
    const order = runUntilStuck((host) => host.hear({ take: () => {}, isGone: () => ++looks === 2 }));
    expect([order, looks]).toEqual([[], 2]);
  });

  test("hears a caller who is gone no more, and the others still", () => {
    const heard: string[] = [];
    const host = new BlockingHost();
    host.hear({ take: () => void heard.push("gone"), isGone: () => true });
    host.hear({ take: () => void heard.push("here"), isGone: never });
    host.wakeAt(host.now(), () => heard.splice(0));
    host.runUntil(() => heard.length === 3);
    expect(heard).toEqual(["gone", "here", "here"]);
  });
});

describe("new BlockingHost()", () => {
  test("is refused where threads share no memory", () => {
    vi.stubGlobal("SharedArrayBuffer", undefined);
    expect(() => new BlockingHost()).toThrow("A thread cannot sleep here: there is no SharedArrayBuffer");
  });
});
