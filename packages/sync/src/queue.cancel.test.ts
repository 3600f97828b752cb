import { getEventListeners } from "node:events";
import { CancelledError, createTask, sleep, TimeoutError } from "@asyncio-ts/tasks";
import { awaited, failureOf, liveTimers } from "@asyncio-ts/tasks/testing";
import { describe, expect } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { Queue } from "./queue.ts";

describe("Queue, cancelled", () => {
  eachEngine("[92] a reader cancelled after an item was put does not lose the item", function* () {
    const queue = new Queue<number>();
    const reader = createTask(queue.get());
    yield* awaited(sleep(0));
    for (const n of [1, 2]) queue.putNowait(n);
    reader.cancel();
    expect(yield* failureOf(reader)).toBeInstanceOf(CancelledError);
    expect(yield* awaited(queue.get())).toBe(1);
  });

  eachEngine("[92] the item of a cancelled reader goes to one that waits", function* () {
    const queue = new Queue<number>();
    const readers = [1, 2, 3].map(() => createTask(queue.get()));
    yield* awaited(sleep(0));
    for (const n of [1, 2]) queue.putNowait(n);
    readers[0]?.cancel();
    const results: unknown[] = [];
    for (const reader of readers) results.push(yield* awaited(reader.catch((error) => (error as Error).name)));
    expect(results).toEqual(["CancelledError", 1, 2]);
  });

  eachEngine("[92] a cancelled reader that was not woken wakes nobody", function* () {
    const queue = new Queue<string>();
    const [first, second] = [createTask(queue.get()), createTask(queue.get())];
    yield* awaited(sleep(0));
    first.cancel();
    yield* awaited(sleep(0));
    expect([first.done(), second.done(), queue.statistics().getting]).toEqual([true, false, 1]);
    yield* awaited(queue.put("a"));
    yield* awaited(sleep(0));
    expect(yield* awaited(second)).toBe("a");
  });

  eachEngine(
    "[92] a cancelled reader that finds the item of another changes nothing for those behind it",
    function* () {
      const queue = new Queue<number>();
      const readers = [0, 1, 2, 3].map(() => createTask(queue.get()));
      yield* awaited(sleep(0));
      readers[1]?.cancel(); // it resumes before the one that is woken now, and finds an item
      queue.putNowait(0);
      yield* awaited(sleep(0));
      yield* awaited(sleep(0));
      queue.putNowait(2);
      yield* awaited(sleep(0));
      expect(readers.map((reader) => reader.done())).toEqual([true, true, true, false]);
      queue.putNowait(3);
      expect(yield* awaited(readers[3] as PromiseLike<number>)).toBe(3);
    },
  );

  eachEngine("[92] a writer cancelled after there was room has put nothing, and its room is free", function* () {
    const queue = new Queue<number>(1);
    queue.putNowait(1);
    const writer = createTask(queue.put(2));
    yield* awaited(sleep(0));
    expect(queue.getNowait()).toBe(1);
    writer.cancel();
    expect(yield* failureOf(writer)).toBeInstanceOf(CancelledError);
    expect(queue.qsize()).toBe(0);
    yield* awaited(queue.put(2));
    expect([queue.getNowait(), queue.qsize()]).toEqual([2, 0]);
  });

  eachEngine("[92] the room of a cancelled writer goes to one that waits", function* () {
    const queue = new Queue<string>(1);
    queue.putNowait("a");
    const writers = ["b", "c"].map((item) => createTask(queue.put(item)));
    yield* awaited(sleep(0));
    expect(queue.getNowait()).toBe("a");
    writers[0]?.cancel();
    yield* failureOf(writers[0] as PromiseLike<void>);
    yield* awaited(writers[1] as PromiseLike<void>);
    expect(queue.getNowait()).toBe("c");
  });

  eachEngine("[92] a writer that was cancelled while others wait keeps nobody back", function* () {
    const queue = new Queue<string>(1);
    const [a, b, x] = ["a", "b", "X"].map((item) => createTask(queue.put(item)));
    yield* awaited(sleep(0));
    expect([a?.done(), b?.done()]).toEqual([true, false]);
    x?.cancel();
    yield* awaited(sleep(0));
    expect([x?.done(), queue.getNowait()]).toEqual([true, "a"]);
    yield* awaited(sleep(0));
    expect([b?.done(), queue.getNowait()]).toEqual([true, "b"]);
  });

  eachEngine("[92] those who gave up are gone from the lines", function* () {
    const queue = new Queue<number>(1);
    expect(yield* failureOf(queue.get({ timeout: 0.1 }))).toBeInstanceOf(TimeoutError);
    queue.putNowait(1);
    const waiting = [createTask(queue.put(2)), createTask(queue.join())];
    yield* awaited(sleep(0));
    expect(queue.statistics()).toMatchObject({ getting: 0, putting: 1, joining: 1 });
    for (const task of waiting) task.cancel();
    expect(queue.statistics()).toMatchObject({ getting: 0, putting: 0, joining: 0 });
    for (const task of waiting) yield* failureOf(task);
    const refused = createTask(queue.put(3));
    yield* awaited(sleep(0));
    queue.putters.wakeHead(); // there is nobody in front of it
    expect(queue.statistics().putting).toBe(0);
    queue.shutdown();
    yield* failureOf(refused);
  });

  eachEngine("[92] a reader cancelled after it was woken leaves neither timer nor listener", function* ({ loop }) {
    const queue = new Queue<number>();
    const { signal } = new AbortController();
    const reader = createTask(queue.get({ timeout: 5, signal }));
    yield* awaited(sleep(0));
    queue.putNowait(1);
    reader.cancel();
    yield* failureOf(reader);
    expect([liveTimers(loop), getEventListeners(signal, "abort"), queue.getters.isOccupied]).toEqual([0, [], false]);
  });
});

describe("Queue.join()", () => {
  eachEngine("goes on when all work is done, and takes no turn if there is none", function* () {
    const queue = new Queue<number>();
    for (let n = 0; n < 100; n++) queue.putNowait(n);
    let sum = 0;
    const workers = [1, 2].map(() =>
      createTask(function* () {
        for (;;) {
          sum += yield* queue.get();
          yield* sleep(1);
          queue.taskDone();
        }
      }),
    );
    yield* awaited(queue.join());
    expect(sum).toBe((99 * 100) / 2);
    yield* awaited(queue.join());
    for (const worker of workers) worker.cancel();
    for (const worker of workers) yield* failureOf(worker);
  });

  eachEngine("goes on though something was put since the work was done", function* () {
    const queue = new Queue<number>();
    queue.putNowait(1);
    const joiner = createTask(queue.join());
    yield* awaited(sleep(0));
    queue.getNowait();
    queue.taskDone();
    queue.putNowait(2);
    yield* awaited(joiner);
    expect(queue.statistics().unfinished).toBe(1);
  });

  eachEngine("ends at its limits", function* () {
    const queue = new Queue<number>();
    queue.putNowait(1);
    expect(yield* failureOf(queue.join({ timeout: 1 }))).toEqual(new TimeoutError("join() timed out after 1 s"));
    const signal = AbortSignal.abort(new Error("enough"));
    expect(yield* failureOf(queue.join({ signal }))).toBe(signal.reason);
    expect(queue.statistics().joining).toBe(0);
  });

  eachEngine("taskDone() is refused when it is called too often", function* () {
    const queue = new Queue<number>();
    const tooOften = new RangeError("Cannot call taskDone() more often than items were put");
    expect(() => queue.taskDone()).toThrow(tooOften);
    yield* awaited(queue.put(1));
    queue.taskDone(); // as in asyncio, whether or not the item was taken
    expect(() => queue.taskDone()).toThrow(tooOften);
  });
});
