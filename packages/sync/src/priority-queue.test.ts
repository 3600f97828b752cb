import { createTask, sleep } from "@asyncio-ts/tasks";
import { awaited, failureOf } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { PriorityQueue } from "./priority-queue.ts";

describe("PriorityQueue", () => {
  eachEngine("gives the lowest first", function* () {
    const queue = new PriorityQueue<number>();
    for (const n of [1, 3, 2]) yield* awaited(queue.put(n));
    expect([yield* awaited(queue.get()), queue.getNowait(), queue.getNowait()]).toEqual([1, 2, 3]);
  });

  eachEngine("gives what was put first of those that are equal", function* () {
    const queue = new PriorityQueue<{ level: number; name: string }>(0, { compare: (a, b) => b.level - a.level });
    const names = ["a1", "b2", "c1", "d2", "e2"];
    for (const name of names) yield* awaited(queue.put({ name, level: Number(name[1]) }));
    const order: string[] = [];
    while (!queue.empty()) order.push((yield* awaited(queue.get())).name);
    expect(order).toEqual(["b2", "d2", "e2", "a1", "c1"]);
  });

  eachEngine("orders pairs of a priority and something else", function* () {
    const queue = new PriorityQueue<[number, unknown]>();
    const [one, two] = [{ name: "one" }, { name: "two" }];
    yield* awaited(queue.put([2, two]));
    yield* awaited(queue.put([1, one]));
    expect((yield* awaited(queue.get()))[1]).toBe(one);
    expect(yield* failureOf(queue.put([2, one]))).toBeInstanceOf(TypeError);
    expect([queue.qsize(), queue.statistics().unfinished]).toEqual([1, 2]);
    expect((yield* awaited(queue.get()))[1]).toBe(two);
  });

  eachEngine("refuses what cannot be compared, with nothing put and nobody forgotten", function* () {
    const queue = new PriorityQueue<unknown>(1);
    for (const item of [{}, null, undefined, Number.NaN, [Number.NaN]]) {
      expect(yield* failureOf(queue.put(item))).toBeInstanceOf(Error);
      expect(() => queue.putNowait(item)).toThrow(/^Cannot compare/);
    }
    expect(queue.statistics()).toMatchObject({ size: 0, unfinished: 0 });
    queue.putNowait(1);
    const [bad, good] = [createTask(queue.put({})), createTask(queue.put(2))];
    yield* awaited(sleep(0));
    queue.getNowait();
    expect(yield* failureOf(bad)).toBeInstanceOf(TypeError);
    yield* awaited(good);
    expect(queue.getNowait()).toBe(2);
  });

  test("refuses what is no maxsize and no function", () => {
    const make = PriorityQueue as unknown as new (...args: unknown[]) => unknown;
    expect(() => new make("1")).toThrow(TypeError);
    expect(() => new make(1, { compare: "lowest" })).toThrow(
      new TypeError('PriorityQueue() needs a function as compare, not "lowest"'),
    );
  });

  test("is shown as what it is", () => {
    expect(String(new PriorityQueue(3))).toBe("<PriorityQueue maxsize=3>");
  });
});
