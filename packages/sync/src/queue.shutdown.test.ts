import { createTask, sleep } from "@asyncio-ts/tasks";
import { awaited, failureOf } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { QueueShutDown } from "./errors.ts";
import { LifoQueue } from "./lifo-queue.ts";
import { PriorityQueue } from "./priority-queue.ts";
import { Queue } from "./queue.ts";

const noMorePut = new QueueShutDown("Cannot put into a queue that is shut down");
const noMoreGet = new QueueShutDown("Cannot get from a queue that is shut down and empty");

/** Nothing can be put or taken any more. */
function* expectClosed(queue: Queue<string>): Generator<unknown, void, unknown> {
  expect(yield* failureOf(queue.put("data"))).toEqual(noMorePut);
  expect(() => queue.putNowait("data")).toThrow(noMorePut);
  expect(yield* failureOf(queue.get())).toEqual(noMoreGet);
  expect(() => queue.getNowait()).toThrow(noMoreGet);
}

for (const Kind of [Queue, LifoQueue, PriorityQueue]) {
  describe(`${Kind.name}.shutdown()`, () => {
    eachEngine("[93] of an empty queue: who waits in get() is refused, join() goes on", function* () {
      const queue = new Kind<string>();
      const getter = createTask(queue.get());
      yield* awaited(sleep(0));
      queue.shutdown();
      expect(queue.qsize()).toBe(0);
      yield* awaited(queue.join());
      yield* awaited(sleep(0));
      expect(getter.done()).toBe(true);
      expect(yield* failureOf(getter)).toEqual(noMoreGet);
      yield* expectClosed(queue);
    });

    eachEngine("[93] of a full queue: who waits in put() is refused, what is there can be taken", function* () {
      const queue = new Kind<string>(1);
      queue.putNowait("data");
      const joiner = createTask(queue.join());
      const putter = createTask(queue.put("data2"));
      yield* awaited(sleep(0));
      expect(putter.done()).toBe(false);
      queue.shutdown({ immediate: false });
      expect(queue.qsize()).toBe(1);
      yield* awaited(sleep(0));
      expect(putter.done()).toBe(true);
      expect(yield* failureOf(putter)).toEqual(noMorePut);
      expect(yield* awaited(queue.get())).toBe("data");
      yield* awaited(sleep(0));
      expect(joiner.done()).toBe(false);
      yield* expectClosed(queue);
      queue.taskDone();
      yield* awaited(sleep(0));
      expect(joiner.done()).toBe(true);
      expect(() => queue.taskDone()).toThrow(RangeError);
    });

    eachEngine("[93] at once: the items are gone, and join() goes on", function* () {
      const queue = new Kind<string>();
      queue.putNowait("data");
      const joiner = createTask(queue.join());
      yield* awaited(sleep(0));
      queue.shutdown({ immediate: true });
      expect(queue.qsize()).toBe(0);
      yield* awaited(sleep(0));
      expect(joiner.done()).toBe(true);
      yield* expectClosed(queue);
      expect(() => queue.taskDone()).toThrow(RangeError);
    });

    eachEngine("[93] at once, with work under way: join() waits for that", function* () {
      const queue = new Kind<string>();
      for (let n = 0; n < 2; n++) queue.putNowait("data");
      const joiner = createTask(queue.join());
      expect(yield* awaited(queue.get())).toBe("data");
      queue.shutdown({ immediate: true });
      expect(queue.statistics()).toMatchObject({ size: 0, unfinished: 1 });
      yield* awaited(sleep(0));
      expect(joiner.done()).toBe(false);
      yield* expectClosed(queue);
      queue.taskDone();
      expect(() => queue.taskDone()).toThrow(RangeError);
      yield* awaited(sleep(0));
      expect(joiner.done()).toBe(true);
    });

    test("[93] at once, after taskDone() for what was not taken: the count stays at zero", () => {
      const queue = new Kind<string>();
      for (let n = 0; n < 2; n++) queue.putNowait("data");
      queue.taskDone();
      queue.shutdown({ immediate: true });
      expect(queue.statistics()).toMatchObject({ size: 0, unfinished: 0 });
    });
  });
}

describe("for await over a Queue", () => {
  eachEngine("gives each item to one of those who share it, and ends after shutdown()", function* () {
    const queue = new Queue<number>(1);
    const consumers = ["a", "b"].map((name) =>
      createTask(async () => {
        const seen: string[] = [];
        for await (const n of queue) seen.push(`${name}${n}`);
        return seen;
      }),
    );
    for (let n = 0; n < 4; n++) yield* awaited(queue.put(n));
    queue.shutdown();
    const seen: string[] = [];
    for (const consumer of consumers) seen.push(...(yield* awaited(consumer)));
    expect(seen.map((each) => each.slice(1)).sort()).toEqual(["0", "1", "2", "3"]);
  });

  eachEngine("can be done step by step", function* ({ loop }) {
    const queue = new Queue<string>();
    const iterator = queue[Symbol.asyncIterator]();
    expect(iterator[Symbol.asyncIterator]()).toBe(iterator);
    loop.callLater(1, () => queue.putNowait("late"));
    loop.callLater(2, () => queue.shutdown());
    expect(yield* awaited(iterator.next())).toEqual({ done: false, value: "late" });
    for (let n = 0; n < 2; n++) expect(yield* awaited(iterator.next())).toEqual({ done: true, value: undefined });
    expect(loop.time()).toBe(2);
  });

  eachEngine("leaves the rest to others when it is left", function* () {
    const queue = new Queue<number>();
    for (let n = 0; n < 3; n++) queue.putNowait(n);
    const first = createTask(async () => {
      for await (const n of queue) return n;
      return null;
    });
    expect(yield* awaited(first)).toBe(0);
    expect(queue.qsize()).toBe(2);
  });

  eachEngine("a cancelled step has taken nothing", function* () {
    const queue = new Queue<number>();
    const step = createTask(queue[Symbol.asyncIterator]().next());
    yield* awaited(sleep(0));
    queue.putNowait(1);
    step.cancel();
    yield* failureOf(step);
    expect(queue.getNowait()).toBe(1);
  });
});
