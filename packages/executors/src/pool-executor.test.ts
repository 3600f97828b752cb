import { afterEach, describe, expect, test, vi } from "vitest";
import { type AnyPool, begin, failureOf, jobs, kinds, untilRunning } from "../test/pools.ts";
import { ExecutorFull } from "./errors.ts";
import { ThreadPoolExecutor } from "./thread-pool-executor.ts";
import { transfer } from "./transfer.ts";

const patience = 30_000;

let pool: AnyPool;
afterEach(() => pool.shutdown({ cancelFutures: true }));

describe.each(kinds)("$kind pool", ({ make, kind }) => {
  test("submit() runs functions, asynchronous ones as well", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 2 });
    expect(await pool.submit(jobs.add, 40, 2)).toBe(42);
    expect(await pool.submit(jobs.addLater, 40, 2)).toBe(42);
  });

  test("submit() brings each result to its own future", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 3 });
    const all = Array.from({ length: 3_000 }, (_, n) =>
      n % 7 === 0 ? pool.submit(jobs.addLater, n, 1) : pool.submit(jobs.add, n, 1),
    );
    expect(await Promise.all(all)).toEqual(Array.from({ length: 3_000 }, (_, n) => n + 1));
    expect(pool.statistics()).toMatchObject({ completed: 3_000, failed: 0, waiting: 0, running: 0 });
  });

  test("submit() refuses a closure", () => {
    pool = make();
    expect(() => pool.submit(() => 1)).toThrow(TypeError);
    expect(() => pool.submit(1 as never)).toThrow("submit() needs a function, not 1");
  });

  test("arguments and results are cloned", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    const value = { map: new Map([[1, new Date(0)]]), big: 2n, none: undefined, bytes: new Uint8Array([1, 2]) };
    const echoed = await pool.submit(jobs.echo, value);
    expect(echoed).toEqual(value);
    expect(echoed).not.toBe(value);
  });

  test("jobs run elsewhere", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    const { pid, threadId } = await pool.submit(jobs.where);
    expect([threadId > 0, pid !== process.pid]).toEqual(kind === "thread" ? [true, false] : [false, true]);
  });

  test("no more workers are started than are needed", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 4 });
    for (let n = 0; n < 5; n++) await pool.submit(jobs.add, n, 1);
    expect(pool.statistics().workers).toBe(1);
  });

  test("cancel() keeps a job that waits from running, and says so", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    const { running } = await begin(pool, {}, jobs.countAloud, 30);
    const waiting = Array.from({ length: 20 }, () => pool.submit(jobs.keep, 0));
    const refused = waiting.filter((future) => !future.cancel("not needed"));
    expect(refused).toEqual([]);
    expect(running.running()).toBe(true);
    expect(running.cancel()).toBe(false);
    expect(await running).toBe(1);
    expect(running.cancel()).toBe(false);
    expect(await failureOf(waiting[0] as PromiseLike<unknown>)).toMatchObject({
      name: "CancelledError",
      reason: "not needed",
    });
    expect(pool.statistics().completed).toBe(1);
  });

  test("an asynchronous job sees that it was asked to stop", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    let begun = (): void => {};
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const job = pool.submitWith({ onProgress: begun }, jobs.stopOnAbort);
    await hasBegun;
    expect(job.cancel("stop")).toBe(false);
    expect(await failureOf(job)).toMatchObject({ name: "CancelledError", reason: "stop" });
    expect(job.cancelled()).toBe(true);
    expect(pool.statistics().crashes).toBe(0);
  });

  test("an abort cancels at once, whether the job waits or runs", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    const controller = new AbortController();
    const { running } = await begin(pool, { signal: controller.signal }, jobs.countAloud, 100);
    const waiting = pool.submitWith({ signal: controller.signal }, jobs.countCalls, 0);
    controller.abort("enough");
    expect([running.cancelled(), running.cancelReason()]).toEqual([true, "enough"]);
    expect([waiting.cancelled(), waiting.cancelReason()]).toEqual([true, "enough"]);
    expect(await pool.submit(jobs.countCalls, 0)).toBe(2); // the one that waited was not called
    expect(pool.statistics().crashes).toBe(0);
  });

  test("a job whose signal was aborted before never runs", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    const job = pool.submitWith({ signal: AbortSignal.abort("too late") }, jobs.add, 1, 1);
    expect(job.cancelled()).toBe(true);
    expect(await failureOf(job)).toMatchObject({ reason: "too late" });
    expect(pool.statistics().completed).toBe(0);
  });

  test("a timeout counts from the start of the job", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    await pool.submit(jobs.add, 1, 1);
    const first = pool.submit(jobs.block, 100);
    const second = pool.submitWith({ timeout: 0.09 }, jobs.add, 1, 1);
    expect(await Promise.all([first, second])).toEqual([100, 2]);
  });

  test("onProgress hears each report, in order, before the result", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    const heard: unknown[] = [];
    const [id, attempt] = await pool.submitWith({ onProgress: (n) => heard.push(n) }, jobs.reportUpTo, 3);
    expect(heard).toEqual([1, 2, 3]);
    expect([id, attempt]).toEqual([1, 1]);
  });

  test("map() gives results in order, and reads no further than it must", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 2 });
    let read = 0;
    function* endless() {
      for (;;) yield read++;
    }
    const results: number[] = [];
    for await (const value of pool.map(jobs.echo, endless(), { bufferSize: 4 })) {
      results.push(value as number);
      if (results.length === 10) break;
    }
    expect(results).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(read).toBeLessThanOrEqual(14);
  });

  test("map() takes an async iterable, and chunks", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 2 });
    async function* numbers() {
      for (let n = 0; n < 100; n++) yield n;
    }
    const results: unknown[] = [];
    for await (const value of pool.map(jobs.echo, numbers(), { chunkSize: 7 })) results.push(value);
    expect(results).toEqual(Array.from({ length: 100 }, (_, n) => n));
  });

  test("map() ends with the first failure, and cancels the rest", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    const results = pool.map(
      jobs.countOrFail,
      Array.from({ length: 50 }, (_, n) => n),
      { bufferSize: 50 },
    );
    expect((await failureOf(results.next())).message).toBe("not the first");
    expect(await results.next()).toMatchObject({ done: true });
    // Those that the worker had begun before it heard of it have run, and they take a while.
    expect(await pool.submit(jobs.countCalls, 0)).toBeLessThan(30);
  });

  test.each(["count", "countLater"] as const)(
    "stream() reads the items of %s()",
    { timeout: patience },
    async (name) => {
      pool = make({ maxWorkers: 1 });
      const stream = pool.stream(jobs[name], 50);
      const items: number[] = [];
      for await (const item of stream) items.push(item);
      expect(items).toEqual(Array.from({ length: 50 }, (_, n) => n));
      expect(await stream.returned).toBe("end");
    },
  );

  test("stream() fails after the items that came before", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    const stream = pool.stream(jobs.failAfter, 2);
    expect(await stream.next()).toMatchObject({ value: 0 });
    expect(await stream.next()).toMatchObject({ value: 1 });
    expect((await failureOf(stream.next())).message).toBe("no more");
  });

  test("stream() ends the generator when its reader leaves", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    for await (const item of pool.stream(jobs.count, 1e9)) if (item === 20) break;
    expect(await pool.submit(jobs.add, 1, 1)).toBe(2);
    expect(pool.statistics().crashes).toBe(0);
  });

  test("broadcast() runs in each worker; initializer before any job", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 3, initializer: jobs.prepare, initargs: ["ready"] });
    const places = await pool.broadcast(jobs.where);
    expect(new Set(places.map(({ pid, threadId }) => `${pid} ${threadId}`)).size).toBe(3);
    expect(await pool.broadcast(jobs.whatWasPrepared)).toEqual(["ready", "ready", "ready"]);
  });

  test("maxQueue refuses what is too much, and waitForRoom() waits", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1, maxQueue: 2 });
    // the worker takes one, two wait
    const first = [1, 2, 3].map((n) => pool.submit(jobs.add, n, n));
    expect(() => pool.submit(jobs.add, 4, 4)).toThrow(ExecutorFull);
    await pool.waitForRoom();
    const fourth = pool.submit(jobs.add, 4, 4);
    expect(await Promise.all([...first, fourth])).toEqual([2, 4, 6, 8]);
  });

  test("waitForRoom() waits for as long as there is none, first come first served", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1, maxQueue: 1 });
    const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));
    const blocking = pool.submit(jobs.spinUntilStopped);
    await untilRunning(blocking);
    const filling: PromiseLike<number>[] = [];
    for (let before = -1; before < filling.length; await turn()) {
      before = filling.length;
      expect(() => {
        for (;;) filling.push(pool.submit(jobs.add, 1, 1));
      }).toThrow(ExecutorFull);
    }
    const order: number[] = [];
    const enter = async (n: number): Promise<number> => {
      await pool.waitForRoom();
      order.push(n);
      return pool.submit(jobs.add, n, 0);
    };
    const entering = [enter(1), enter(2), enter(3)];
    await turn();
    expect([order, blocking.done()]).toEqual([[], false]);
    blocking.cancel();
    expect(await failureOf(blocking)).toMatchObject({ name: "CancelledError" });
    expect(await Promise.all(entering)).toEqual([1, 2, 3]);
    expect(order).toEqual([1, 2, 3]);
    await Promise.all(filling);
  });

  test("idle workers end after idleTimeout, and come back", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1, idleTimeout: 0.01 });
    await pool.submit(jobs.add, 1, 1);
    while (pool.statistics().workers > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(pool.statistics().crashes).toBe(0);
    expect(await pool.submit(jobs.add, 1, 1)).toBe(2);
  });

  test("statistics() tell how long jobs ran", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    await pool.submit(jobs.block, 20);
    const { runTime, utilization } = pool.statistics();
    expect(runTime.count).toBe(1);
    expect(runTime.mean).toBeGreaterThanOrEqual(20);
    expect(runTime.mean).toBeLessThan(200);
    expect(utilization).toBeGreaterThan(0);
    expect(utilization).toBeLessThanOrEqual(1);
  });

  test("timers of a worker run on under a flood of jobs", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    await pool.submit(jobs.startTicking);
    const end = performance.now() + 300;
    const lane = async (): Promise<void> => {
      while (performance.now() < end) await pool.submit(jobs.add, 1, 1);
    };
    await Promise.all(Array.from({ length: 64 }, lane));
    // Timers that had to wait for the end of the flood would be late by 300 ms; a busy machine is late by itself.
    expect(await pool.submit(jobs.lateness)).toBeLessThan(250);
  });

  test("`await using` shuts down", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    const result = await (async () => {
      await using scoped = pool;
      return scoped.submit(jobs.add, 1, 1);
    })();
    expect(result).toBe(2);
    expect(pool.statistics().workers).toBe(0);
  });

  test.each([
    [{ maxWorkers: 0 }, RangeError],
    [{ maxWorkers: "2" as never }, TypeError],
    [{ maxWorkers: Number.NaN }, RangeError],
    [{ idleTimeout: -1 }, RangeError],
    [{ initializer: (() => {}) as never }, TypeError],
    [{ initargs: "x" as never }, TypeError],
    [{ onWorkerCrash: "ignore" as never }, RangeError],
    [{ name: 1 as never }, TypeError],
  ])("refuses the options %j", (options, error) => {
    pool = make();
    expect(() => make(options)).toThrow(error);
  });
});

describe("thread pool", () => {
  test("cancel() is exact for jobs that a worker holds already", { timeout: patience }, async () => {
    pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    const flag = new Int32Array(new SharedArrayBuffer(8));
    const first = pool.submit(jobs.blockUntil, flag, 1);
    const second = pool.submit(jobs.keep, 0);
    await untilRunning(first);
    expect(second.running()).toBe(false);
    expect(second.cancel()).toBe(true);
    Atomics.store(flag, 0, 1);
    Atomics.notify(flag, 0);
    expect(await first).toBe(1);
    expect(await pool.submit(jobs.add, 1, 1)).toBe(2);
    expect(pool.statistics().completed).toBe(2);
  });

  test("a synchronous job sees that it was asked to stop", { timeout: patience }, async () => {
    pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const job = pool.submit(jobs.stopWhenTold, flag);
    while (Atomics.load(flag, 0) === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(job.cancel("stop")).toBe(false);
    expect(await failureOf(job)).toMatchObject({ name: "CancelledError", reason: "stop" });
    expect(pool.statistics().crashes).toBe(0);
  });

  test("a job behind a long one moves to a worker that is free", { timeout: patience }, async () => {
    pool = new ThreadPoolExecutor({ maxWorkers: 2 });
    const flag = new Int32Array(new SharedArrayBuffer(8));
    await pool.broadcast(jobs.where);
    const long = pool.submit(jobs.blockUntil, flag, 1);
    const short = Array.from({ length: 100 }, (_, n) => pool.submit(jobs.add, n, 1));
    expect(await Promise.all(short)).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
    expect(long.done()).toBe(false);
    Atomics.store(flag, 0, 1);
    Atomics.notify(flag, 0);
    expect(await long).toBe(1);
  });

  test("transfer() moves arguments and results, submitWith() what it is given", { timeout: patience }, async () => {
    pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    const bytes = new Uint8Array([1, 2, 3]);
    const back = await pool.submit(jobs.echo, transfer(bytes));
    expect([bytes.length, ...back]).toEqual([0, 1, 2, 3]);
    const again = await pool.submitWith({ transfer: [back.buffer] }, jobs.echo, back);
    expect([back.length, ...again]).toEqual([0, 1, 2, 3]);
  });

  test("what one job transfers is not lost by another one that cannot be sent", { timeout: patience }, async () => {
    pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    const bytes = transfer(new Uint8Array([1, 2, 3]));
    const good = pool.submit(jobs.echo, bytes);
    const bad = pool.submit(jobs.echo, () => {});
    expect(await good).toEqual(new Uint8Array([1, 2, 3]));
    expect(bytes.length).toBe(0);
    expect((await failureOf(bad)).name).toBe("DataCloneError");
  });

  test("a SharedArrayBuffer is shared", { timeout: patience }, async () => {
    pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    const flag = new Int32Array(new SharedArrayBuffer(8));
    Atomics.store(flag, 0, 5);
    await pool.submit(jobs.blockUntil, flag, 1);
    expect(Atomics.load(flag, 1)).toBe(1);
  });

  test("what onProgress throws is printed, and harms no job", { timeout: patience }, async () => {
    const print = vi.spyOn(console, "error").mockReturnValue();
    pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    const onProgress = (): never => {
      throw new Error("no");
    };
    expect(await pool.submitWith({ onProgress }, jobs.reportUpTo, 1)).toEqual([1, 1]);
    expect(print).toHaveBeenCalledTimes(1);
    print.mockRestore();
  });
});
