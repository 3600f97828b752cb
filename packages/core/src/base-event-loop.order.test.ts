import { describe, expect, test } from "vitest";
import { BaseEventLoop } from "./base-event-loop.ts";
import type { RunnableQueue } from "./ready-queue.ts";
import type { Runnable } from "./scheduler.ts";
import { VirtualHost } from "./testing/virtual-host.ts";

/** Last in, first out. */
class Stack implements RunnableQueue {
  readonly #held: Runnable[] = [];
  rests = 0;

  get length(): number {
    return this.#held.length;
  }

  push(runnable: Runnable): void {
    this.#held.push(runnable);
  }

  shift(): Runnable {
    return this.#held.pop() as Runnable;
  }

  clear(): Runnable[] {
    return this.#held.splice(0);
  }

  shrink(): void {
    this.rests++;
  }
}

describe("the option readyQueue", () => {
  test("decides the order of what is ready, timers that are due included", async () => {
    const queue = new Stack();
    const loop = new BaseEventLoop(new VirtualHost(), { readyQueue: queue });
    const order: number[] = [];
    loop.callLater(1, () => order.push(4));
    loop.callLater(1, () => order.push(3));
    loop.callLater(2, () => loop.stop());
    loop.callSoon(() => order.push(2));
    loop.callSoon(() => order.push(1));
    await loop.runForever();
    expect(order).toEqual([1, 2, 3, 4]);
    expect(queue.rests).toBe(2);
  });

  test("counts as ready, and is emptied when the loop is closed", () => {
    const queue = new Stack();
    const loop = new BaseEventLoop(new VirtualHost(), { readyQueue: queue });
    loop.callSoon(() => {});
    expect(loop.statistics().ready).toBe(1);
    loop.close();
    expect(queue.length).toBe(0);
  });

  test("is refused if it is none", () => {
    for (const readyQueue of [null, {}] as never[]) {
      const make = (): BaseEventLoop => new BaseEventLoop(new VirtualHost(), { readyQueue });
      expect(make).toThrow(TypeError);
      expect(make).toThrow("The option readyQueue is a queue of runnables, not");
    }
  });
});
