import { describe, expect, test } from "vitest";
import { VirtualLoop } from "../test/virtual-loop.ts";

/** Await so many times, then call `f`. */
async function afterAwaits(count: number, f: () => void): Promise<void> {
  for (let n = 0; n < count; n++) await Promise.resolve();
  f();
}

describe("drainMicrotasks()", () => {
  test("lets a chain of fifty awaits end before the next handle", async () => {
    const loop = new VirtualLoop();
    const order: string[] = [];

    loop.callSoon(() => {
      void afterAwaits(50, () => order.push("chain"));
      loop.drainMicrotasks();
    });
    loop.callSoon(() => order.push("next handle"));
    await loop.runOneTurn();

    expect(order).toEqual(["chain", "next handle"]);
  });

  test("of several handles keeps each chain together", async () => {
    const loop = new VirtualLoop();
    const order: string[] = [];

    for (const name of ["a", "b", "c"]) {
      loop.callSoon(() => {
        order.push(`${name} begins`);
        void afterAwaits(50, () => order.push(`${name} ends`));
        loop.drainMicrotasks();
      });
    }
    await loop.runOneTurn();

    expect(order).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  });

  test("is over when a promise of the handle waits for something else", async () => {
    const loop = new VirtualLoop();
    const order: string[] = [];
    const { promise, resolve } = withResolvers();

    loop.callSoon(async () => {
      await promise;
      order.push("resumed");
    });
    loop.callSoon(() => {
      order.push("next handle");
      resolve();
      loop.drainMicrotasks();
    });
    loop.callSoon(() => order.push("third handle"));
    await loop.runOneTurn();

    expect(order).toEqual(["next handle", "resumed", "third handle"]);
  });

  test("puts what the microtasks schedule at the end of the queue, in the next turn", async () => {
    const loop = new VirtualLoop();
    const order: string[] = [];

    loop.callSoon(() => {
      void afterAwaits(3, () => {
        loop.callSoon(() => order.push("scheduled while draining"));
      });
      loop.drainMicrotasks();
    });
    loop.callSoon(() => order.push("same turn"));
    await loop.runOneTurn();
    expect(order).toEqual(["same turn"]);

    await loop.runOneTurn();
    expect(order).toEqual(["same turn", "scheduled while draining"]);
  });

  test("in a timer works as in any handle", async () => {
    const loop = new VirtualLoop();
    const order: string[] = [];

    loop.callLater(1, () => {
      void afterAwaits(50, () => order.push("chain"));
      loop.drainMicrotasks();
    });
    loop.callLater(1, () => order.push("next timer"));
    await loop.runFor(2);

    expect(order).toEqual(["chain", "next timer"]);
  });
});

describe("a callback that returns a promise", () => {
  test("is followed by a drain", async () => {
    const loop = new VirtualLoop();
    const order: string[] = [];

    loop.callSoon(() => afterAwaits(50, () => order.push("chain")));
    loop.callSoon(() => order.push("next handle"));
    await loop.runOneTurn();

    expect(order).toEqual(["chain", "next handle"]);
  });

  test("does not hold up the loop until the promise settles", async () => {
    const loop = new VirtualLoop();
    const order: string[] = [];

    loop.callSoon(() => new Promise(() => {}));
    loop.callSoon(() => order.push("next handle"));
    await loop.runOneTurn();

    expect(order).toEqual(["next handle"]);
  });

  test("is followed by a drain also when it is some other thenable, whose then() is not called", async () => {
    const loop = new VirtualLoop();
    const order: string[] = [];

    loop.callSoon(() => {
      queueMicrotask(() => order.push("microtask"));
      return {
        get then(): never {
          throw new Error("then was read");
        },
      };
    });
    loop.callSoon(() => order.push("next handle"));
    await loop.runOneTurn();

    expect(order).toEqual(["microtask", "next handle"]);
  });
});

function withResolvers() {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((r) => {
    resolve = r;
  });
  return { promise, resolve };
}
