import { RuntimeError } from "@asyncio-ts/contextvars";
import { createTask, sleep, TimeoutError } from "@asyncio-ts/tasks";
import { awaited, failureOf, liveTimers, runVirtual, turnsOf } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { QueueEmpty, QueueFull } from "./errors.ts";
import { Queue, type QueueStorage } from "./queue.ts";

describe("Queue", () => {
  eachEngine("gives the items back in the order in which they were put", function* () {
    const queue = new Queue<number>();
    for (const n of [1, 3, 2]) yield* awaited(queue.put(n));
    expect([queue.qsize(), queue.empty(), queue.full()]).toEqual([3, false, false]);
    const taken = [yield* awaited(queue.get()), queue.getNowait(), yield* awaited(queue.get())];
    expect(taken).toEqual([1, 3, 2]);
    expect([queue.qsize(), queue.empty()]).toEqual([0, true]);
  });

  test("putNowait() and getNowait() need no loop, and refuse what would have to wait", () => {
    const queue = new Queue<number>(1);
    queue.putNowait(1);
    expect(queue.full()).toBe(true);
    expect(() => queue.putNowait(2)).toThrow(new QueueFull("Cannot put into a queue that is full: it holds 1"));
    expect(queue.getNowait()).toBe(1);
    expect(() => queue.getNowait()).toThrow(new QueueEmpty("Cannot get from a queue that is empty"));
  });

  eachEngine("put() and get() take no turn if they can proceed", function* ({ loop }) {
    const queue = new Queue<string>(1);
    const turns = yield* turnsOf(
      loop,
      (function* () {
        yield* awaited(queue.put("a", { timeout: 1 }));
        yield* awaited(queue.get({ timeout: 0 }));
        yield* awaited(queue.put("b"));
        expect(yield* awaited(queue.get())).toBe("b");
      })(),
    );
    expect([turns, liveTimers(loop)]).toEqual([0, 0]);
  });

  eachEngine("holds back who puts until there is room", function* () {
    const queue = new Queue<number>(2);
    const log: string[] = [];
    const producer = createTask(function* () {
      for (let n = 0; n < 3; n++) {
        yield* queue.put(n);
        log.push(`put ${n}`);
      }
    });
    yield* awaited(sleep(0));
    yield* awaited(sleep(0));
    expect([log, queue.statistics().putting]).toEqual([["put 0", "put 1"], 1]);
    expect(queue.getNowait()).toBe(0);
    expect(log).toHaveLength(2); // it is woken, and goes on in the next turn
    yield* awaited(sleep(0));
    expect([log[2], queue.getNowait(), queue.getNowait()]).toEqual(["put 2", 1, 2]);
    yield* awaited(producer);
  });

  eachEngine("wakes those who wait in the order in which they came", function* () {
    const queue = new Queue<number>();
    const log: string[] = [];
    const getters = ["a", "b", "c"].map((name) =>
      createTask(function* () {
        log.push(`${name} ${yield* queue.get()}`);
      }),
    );
    yield* awaited(sleep(0));
    for (let n = 0; n < 3; n++) {
      expect(queue.statistics().getting).toBe(3 - n);
      queue.putNowait(n);
    }
    for (const getter of getters) yield* awaited(getter);
    expect(log).toEqual(["a 0", "b 1", "c 2"]);
  });

  eachEngine("wakes one that waits for room for each item that is taken", function* () {
    const queue = new Queue<number>(2);
    for (const n of [1, 2]) queue.putNowait(n);
    const putters = [3, 4, 5].map((n) => createTask(queue.put(n)));
    yield* awaited(sleep(0));
    expect([queue.getNowait(), queue.getNowait(), queue.statistics().putting]).toEqual([1, 2, 1]);
    yield* awaited(sleep(0));
    expect(putters.map((putter) => putter.done())).toEqual([true, true, false]);
    expect(queue.getNowait()).toBe(3);
    yield* awaited(putters[2] as PromiseLike<void>);
  });

  eachEngine("lets somebody who is faster take the item of one that was woken", function* () {
    const queue = new Queue<string>();
    const slow = createTask(queue.get());
    yield* awaited(sleep(0));
    queue.putNowait("first");
    expect(yield* awaited(queue.get())).toBe("first");
    yield* awaited(sleep(0));
    expect([slow.done(), queue.statistics().getting]).toEqual([false, 1]);
    queue.putNowait("second");
    expect(yield* awaited(slow)).toBe("second");
  });

  eachEngine("passes five items through room for one", function* () {
    const queue = new Queue<number>(1);
    const producer = createTask(function* () {
      for (let n = 0; n < 5; n++) yield* queue.put(n);
    });
    const seen: number[] = [];
    for (let n = 0; n < 5; n++) seen.push(yield* awaited(queue.get()));
    yield* awaited(producer);
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });

  test.each([
    [0, Number.POSITIVE_INFINITY],
    [-1, Number.POSITIVE_INFINITY],
    [1, 1],
    [1.3, 2],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  ])("with a maxsize of %d has room for %d", (maxsize, room) => {
    const queue = new Queue<number>(maxsize);
    for (let n = 0; n < 10 && !queue.full(); n++) queue.putNowait(n);
    expect([queue.maxsize, queue.qsize()]).toEqual([maxsize, Math.min(10, room)]);
  });

  test("refuses what is no maxsize and what is no storage", () => {
    const make = Queue as unknown as new (...args: unknown[]) => unknown;
    expect(() => new make("1")).toThrow(new TypeError('The maxsize of a queue is a number, not "1"'));
    expect(() => new make(null)).toThrow(new TypeError("The maxsize of a queue is a number, not null"));
    expect(() => new Queue(Number.NaN)).toThrow(new RangeError("The maxsize of a queue cannot be NaN"));
    expect(() => new make(1, { storage: [] })).toThrow(TypeError);
  });

  test("refuses limits that make no sense at the call, with nothing put or taken", () => {
    const queue = new Queue<number>();
    queue.putNowait(1);
    expect(() => queue.put(2, { timeout: Number.NaN })).toThrow(new RangeError("put() cannot use NaN as timeout"));
    expect(() => queue.get(5 as never)).toThrow(new TypeError("get() needs an object of options, not 5"));
    expect(() => queue.join({ signal: {} as never })).toThrow(TypeError);
    expect(queue.statistics()).toMatchObject({ size: 1, unfinished: 1 });
  });

  eachEngine("put() and get() end at their limits", function* ({ loop }) {
    const queue = new Queue<string>(1);
    expect(yield* failureOf(queue.get({ timeout: 2 }))).toEqual(new TimeoutError("get() timed out after 2 s"));
    queue.putNowait("a");
    expect(yield* failureOf(queue.put("b", { timeout: 3 }))).toEqual(new TimeoutError("put() timed out after 3 s"));
    const signal = AbortSignal.abort(new Error("enough"));
    expect(yield* failureOf(queue.get({ signal }))).toBe(signal.reason);
    expect(loop.time()).toBe(5);
    expect(queue.statistics()).toMatchObject({ size: 1, getting: 0, putting: 0 });
  });

  eachEngine("a timeout counts from the call, however often it is woken in vain", function* ({ loop }) {
    const queue = new Queue<string>();
    const getter = createTask(queue.get({ timeout: 10 }));
    yield* awaited(sleep(6));
    queue.putNowait("taken");
    queue.getNowait();
    expect(yield* failureOf(getter)).toEqual(new TimeoutError("get() timed out after 10 s"));
    expect(loop.time()).toBe(10);
  });

  eachEngine("an abort after it was woken does not take the item away", function* () {
    const queue = new Queue<string>();
    const controller = new AbortController();
    const getter = createTask(queue.get({ signal: controller.signal }));
    yield* awaited(sleep(0));
    queue.putNowait("there");
    controller.abort(new Error("too late"));
    expect(yield* awaited(getter)).toBe("there");
  });

  test("belongs to the loop of the first that had to wait", async () => {
    const queue = new Queue<number>();
    await runVirtual(async () => {
      await queue.get({ timeout: 1 }).catch(() => {});
    });
    await runVirtual(async () => {
      const error = await queue.get().catch((reason: unknown) => reason);
      expect(error).toEqual(new RuntimeError("<Queue maxsize=0> is bound to a different event loop"));
    });
  });

  eachEngine("shows and counts what goes on", function* () {
    const queue = new Queue<number>(2);
    expect(String(queue)).toBe("<Queue maxsize=2>");
    const getter = createTask(queue.get());
    yield* awaited(sleep(0));
    expect(String(queue)).toBe("<Queue maxsize=2 getting=1>");
    for (const n of [1, 2]) queue.putNowait(n);
    yield* awaited(getter);
    queue.putNowait(3);
    const putter = createTask(queue.put(4));
    const joiner = createTask(queue.join());
    yield* awaited(sleep(0));
    expect(String(queue)).toBe("<Queue maxsize=2 size=2 putting=1 unfinished=3>");
    const counts = { size: 2, maxsize: 2, getting: 0, putting: 1, joining: 1, unfinished: 3, isShutDown: false };
    expect(queue.statistics()).toEqual(counts);
    queue.shutdown();
    expect(queue.isShutDown).toBe(true);
    expect(String(queue)).toBe("<Queue maxsize=2 size=2 unfinished=3 shutdown>");
    yield* failureOf(putter);
    joiner.cancel();
    yield* failureOf(joiner);
  });

  eachEngine("takes its order from a storage", function* () {
    class Shuffled implements QueueStorage<string> {
      readonly items: string[] = [];
      get length(): number {
        return this.items.length;
      }
      put(item: string): void {
        if (item === "") throw new TypeError("Nothing was put");
        this.items.push(item);
      }
      take(): string {
        return this.items.splice(this.items.length >> 1, 1)[0] as string;
      }
    }
    const queue = new Queue<string>(3, { storage: new Shuffled() });
    for (const item of ["a", "b", "c"]) yield* awaited(queue.put(item));
    expect([queue.getNowait(), queue.getNowait(), queue.getNowait()]).toEqual(["b", "c", "a"]);
    expect(yield* failureOf(queue.put(""))).toEqual(new TypeError("Nothing was put"));
    expect(queue.statistics()).toMatchObject({ size: 0, unfinished: 3 });
  });

  eachEngine("whoever is woken for room and fails to use it wakes the next", function* () {
    class Picky implements QueueStorage<number> {
      length = 0;
      put(item: number): void {
        if (item < 0) throw new RangeError("Negative");
        this.length++;
      }
      take(): number {
        return this.length--;
      }
    }
    const queue = new Queue<number>(1, { storage: new Picky() });
    queue.putNowait(1);
    const [bad, good] = [createTask(queue.put(-1)), createTask(queue.put(2))];
    yield* awaited(sleep(0));
    queue.getNowait();
    expect(yield* failureOf(bad)).toEqual(new RangeError("Negative"));
    yield* awaited(good);
    expect(queue.qsize()).toBe(1);
  });
});
