import { Context, RuntimeError } from "@asyncio-ts/contextvars";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BaseEventLoop } from "./base-event-loop.ts";
import type { Timer } from "./scheduler.ts";
import { VirtualHost } from "./testing/virtual-host.ts";
import { TimerHandle } from "./timer-handle.ts";
import { TimerHeap } from "./timer-heap.ts";

const loop = new BaseEventLoop(new VirtualHost());
const context = new Context();

function newTimer(when: number): TimerHandle {
  return new TimerHandle(loop, when, () => {}, [], context);
}

function takeAllDue(heap: TimerHeap, now: number): Timer[] {
  const due: Timer[] = [];
  for (let timer = heap.takeDue(now); timer !== null; timer = heap.takeDue(now)) due.push(timer);
  return due;
}

describe("TimerHeap", () => {
  test("is empty at first", () => {
    const heap = new TimerHeap();

    expect([heap.size, heap.cancelled, heap.nextDeadline(), heap.takeDue(Infinity)]).toEqual([0, 0, null, null]);
  });

  test("nextDeadline() is the soonest one", () => {
    const heap = new TimerHeap();
    for (const when of [3, 1, 2]) heap.push(newTimer(when));

    expect(heap.nextDeadline()).toBe(1);
  });

  test("takeDue() takes what is due, at its very time as well, and leaves the rest", () => {
    const heap = new TimerHeap();
    for (const when of [3, 1, 2]) heap.push(newTimer(when));

    expect(takeAllDue(heap, 2).map((timer) => timer.when())).toEqual([1, 2]);
    expect(heap.size).toBe(1);
  });

  test("takeDue() keeps equal deadlines in the order of push()", () => {
    const heap = new TimerHeap();
    const timers: Timer[] = [1, 1, 0, 1, 0].map(newTimer);
    for (const timer of timers) heap.push(timer);

    expect(takeAllDue(heap, 1).map((timer) => timers.indexOf(timer))).toEqual([2, 4, 0, 1, 3]);
  });

  test("nextDeadline() passes over cancelled timers, and drops them", () => {
    const heap = new TimerHeap();
    const timers = [1, 2, 3].map(newTimer);
    for (const timer of timers) heap.push(timer);

    timers[0]?.cancel();
    timers[1]?.cancel();

    expect([heap.size, heap.cancelled]).toEqual([3, 2]);
    expect(heap.nextDeadline()).toBe(3);
    expect([heap.size, heap.cancelled]).toEqual([1, 0]);
  });

  test("tells when a timer is cancelled that it holds, once for each", () => {
    let told = 0;
    const heap = new TimerHeap(() => told++);
    const timer = newTimer(1);
    heap.push(timer);

    timer.cancel();
    timer.cancel();

    expect(told).toBe(1);
  });

  test("does not care for a timer that it has given away", () => {
    let told = 0;
    const heap = new TimerHeap(() => told++);
    const timer = newTimer(1);
    heap.push(timer);

    heap.takeDue(1);
    timer.cancel();

    expect([told, heap.cancelled]).toEqual([0, 0]);
  });

  test("push() refuses a timer that is held already, and changes nothing", () => {
    const heap = new TimerHeap();
    const timer = newTimer(1);
    heap.push(timer);

    expect(() => heap.push(timer)).toThrow(RuntimeError);
    expect(() => new TimerHeap().push(timer)).toThrow("Cannot schedule a timer that is scheduled already");
    expect(takeAllDue(heap, 1)).toEqual([timer]);
    expect([heap.size, heap.cancelled]).toEqual([0, 0]);
  });

  test("push() takes a timer again that was given away", () => {
    const heap = new TimerHeap();
    const timer = newTimer(1);
    heap.push(timer);
    heap.takeDue(1);

    heap.push(timer);

    expect(heap.takeDue(1)).toBe(timer);
  });

  test("push() passes over a timer that is dropped already", () => {
    const heap = new TimerHeap();
    const timer = newTimer(1);
    timer.cancel();

    heap.push(timer);

    expect(heap.nextDeadline()).toBeNull();
    expect([heap.size, heap.cancelled]).toEqual([0, 0]);
  });

  test("clear() lets all timers go", () => {
    let told = 0;
    const heap = new TimerHeap(() => told++);
    const timers = [1, 2].map(newTimer);
    for (const timer of timers) heap.push(timer);
    timers[0]?.cancel();

    heap.clear();
    timers[1]?.cancel();

    expect([heap.size, heap.cancelled, heap.nextDeadline(), told]).toEqual([0, 0, null, 1]);
  });

  test("clear() leaves a heap that can be used again", () => {
    const heap = new TimerHeap();
    heap.push(newTimer(1));
    heap.clear();
    heap.push(newTimer(2));

    expect(heap.nextDeadline()).toBe(2);
  });

  // A sorted array does the same, slowly and plainly.
  class SortedTimers {
    #timers: TimerHandle[] = [];

    push(timer: TimerHandle): void {
      this.#timers.push(timer);
      this.#timers.sort((a, b) => (a.when() < b.when() ? -1 : a.when() > b.when() ? 1 : 0)); // stable
    }

    live(): TimerHandle[] {
      return this.#timers.filter((timer) => !timer.cancelled());
    }

    takeDue(now: number): TimerHandle | null {
      const [next] = this.live();
      if (next === undefined || next.when() > now) return null;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      return next;
    }
  }

  const moment = fc.oneof(
    fc.integer({ min: -5, max: 5 }), // few, so that many are equal
    fc.double({ noNaN: true }), // infinities included
  );
  /** An operation on both; its results are to be the same. */
  type Operation = (heap: TimerHeap, model: SortedTimers, pushed: TimerHandle[]) => readonly [unknown, unknown];

  const push = moment.map(
    (when): Operation =>
      (heap, model, pushed) => {
        const timer = newTimer(when);
        pushed.push(timer);
        heap.push(timer);
        model.push(timer);
        return [heap.size - heap.cancelled, model.live().length];
      },
  );
  const cancel = fc.nat().map(
    (which): Operation =>
      (heap, model, pushed) => {
        pushed[which % pushed.length]?.cancel();
        return [heap.size - heap.cancelled, model.live().length];
      },
  );
  const takeDue = moment.map(
    (now): Operation =>
      (heap, model) => [heap.takeDue(now), model.takeDue(now)],
  );
  const nextDeadline = fc.constant<Operation>((heap, model) => [heap.nextDeadline(), model.live()[0]?.when() ?? null]);
  const operation = fc.oneof(
    { weight: 5, arbitrary: push },
    { weight: 3, arbitrary: cancel },
    { weight: 2, arbitrary: takeDue },
    { weight: 1, arbitrary: nextDeadline },
  );

  test("does what a sorted array does, whatever is pushed, cancelled and taken", () => {
    fc.assert(
      fc.property(fc.array(operation, { size: "large", maxLength: 400 }), (operations) => {
        const heap = new TimerHeap();
        const model = new SortedTimers();
        const pushed: TimerHandle[] = [];

        for (const operate of operations) {
          const [result, expected] = operate(heap, model, pushed);
          expect(result).toBe(expected);
        }
        expect(takeAllDue(heap, Infinity)).toEqual(model.live());
      }),
    );
  });

  test("does what a sorted array does when most of very many are cancelled", () => {
    const manyTimers = fc.array(fc.tuple(moment, fc.boolean(), fc.boolean()), { minLength: 250, maxLength: 500 });
    fc.assert(
      fc.property(manyTimers, (timers) => {
        const heap = new TimerHeap();
        const model = new SortedTimers();
        for (const [when, isCancelled, isCancelledToo] of timers) {
          const timer = newTimer(when);
          heap.push(timer);
          if (isCancelled || isCancelledToo) timer.cancel();
          else model.push(timer);
        }
        expect(takeAllDue(heap, Infinity)).toEqual(model.live());
        expect(heap.size).toBe(0);
      }),
      { numRuns: 20 },
    );
  });
});
