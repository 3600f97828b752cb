import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ReadyQueue } from "./ready-queue.ts";
import type { Runnable } from "./scheduler.ts";

class Numbered implements Runnable {
  readonly number: number;

  constructor(number: number) {
    this.number = number;
  }

  run(): void {}
}

function push(queue: ReadyQueue, from: number, to: number): void {
  for (let number = from; number < to; number++) queue.push(new Numbered(number));
}

function shift(queue: ReadyQueue, count: number): number[] {
  return Array.from({ length: count }, () => (queue.shift() as Numbered).number);
}

/** `from`, `from + 1`, … up to, but not including, `to`. */
function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

describe("ReadyQueue", () => {
  test("is empty at first", () => {
    expect(new ReadyQueue().length).toBe(0);
  });

  test("gives out what it got, first in, first out", () => {
    const queue = new ReadyQueue();
    push(queue, 0, 5);

    expect(queue.length).toBe(5);
    expect(shift(queue, 5)).toEqual(range(0, 5));
    expect(queue.length).toBe(0);
  });

  test.each([63, 64, 65, 127, 128, 129, 10_000])("grows as %i are pushed", (count) => {
    const queue = new ReadyQueue();
    push(queue, 0, count);

    expect(queue.length).toBe(count);
    expect(shift(queue, count)).toEqual(range(0, count));
  });

  test("keeps its order when it wraps around", () => {
    const queue = new ReadyQueue();
    push(queue, 0, 60);
    shift(queue, 50);
    push(queue, 60, 100);

    expect(queue.length).toBe(50);
    expect(shift(queue, 50)).toEqual(range(50, 100));
  });

  test("keeps its order when it grows while it is wrapped around", () => {
    const queue = new ReadyQueue();
    push(queue, 0, 60);
    shift(queue, 50);
    push(queue, 60, 200);

    expect(queue.length).toBe(150);
    expect(shift(queue, 150)).toEqual(range(50, 200));
  });

  test("clear() takes all in order and leaves an empty queue", () => {
    const queue = new ReadyQueue();
    push(queue, 0, 100);

    expect((queue.clear() as Numbered[]).map(({ number }) => number)).toEqual(range(0, 100));
    expect(queue.length).toBe(0);
    push(queue, 7, 8);
    expect(shift(queue, 1)).toEqual([7]);
  });

  test("shrink() does nothing while anything is queued", () => {
    const queue = new ReadyQueue();
    push(queue, 0, 40_000);
    shift(queue, 39_990);

    queue.shrink();

    expect(shift(queue, 10)).toEqual(range(39_990, 40_000));
  });

  test("shrink() leaves a queue that can be used again", () => {
    const queue = new ReadyQueue();
    push(queue, 0, 40_000);
    shift(queue, 40_000);

    queue.shrink();
    push(queue, 0, 100);

    expect(shift(queue, 100)).toEqual(range(0, 100));
  });

  test("holds nothing that was taken out", async () => {
    const queue = new ReadyQueue();
    const taken = new WeakRef(new Numbered(0));
    queue.push(taken.deref() as Numbered);
    push(queue, 1, 2);
    shift(queue, 1);

    await new Promise((resolve) => setImmediate(resolve)); // a WeakRef holds its target until the job is over
    globalThis.gc?.();

    expect(taken.deref()).toBeUndefined();
    expect(queue.length).toBe(1);
  });

  /** An operation on both; its results are to be the same. */
  type Operation = (queue: ReadyQueue, model: number[]) => readonly [unknown, unknown];

  const pushSome = fc.nat(200).map(
    (count): Operation =>
      (queue, model) => {
        push(queue, 0, count);
        model.push(...range(0, count));
        return [queue.length, model.length];
      },
  );
  const shiftSome = fc.nat(200).map(
    (count): Operation =>
      (queue, model) => {
        const available = Math.min(count, model.length);
        return [shift(queue, available), model.splice(0, available)];
      },
  );
  const shrink = fc.constant<Operation>((queue, model) => {
    queue.shrink();
    return [queue.length, model.length];
  });

  test("does what an array does, whatever the mixture", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(pushSome, shiftSome, shrink)), (operations) => {
        const queue = new ReadyQueue();
        const model: number[] = [];

        for (const operate of operations) {
          const [result, expected] = operate(queue, model);
          expect(result).toEqual(expected);
        }
        expect(shift(queue, queue.length)).toEqual(model);
      }),
    );
  });
});
