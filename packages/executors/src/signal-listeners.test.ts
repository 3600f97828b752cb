import { getEventListeners } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import { type AnyPool, failureOf, jobs, kinds, untilRunning } from "../test/pools.ts";

const patience = 30_000;

let pool: AnyPool;
afterEach(() => pool.shutdown({ cancelFutures: true }));

const listenersOn = (signal: AbortSignal): number => getEventListeners(signal, "abort").length;

describe.each(kinds)("a $kind pool leaves no listener on a signal", ({ make }) => {
  const { signal } = new AbortController();
  const endings: readonly (readonly [string, () => unknown])[] = [
    ["that has returned", () => pool.submitWith({ signal }, jobs.add, 1, 1)],
    ["that has failed", () => pool.submitWith({ signal }, jobs.fail, "no")],
    ["that timed out", () => pool.submitWith({ signal, timeout: 0.01, gracePeriod: 0 }, jobs.never)],
    ["that died with its worker", () => pool.submitWith({ signal }, jobs.exit, 3)],
    ["that could not be sent", () => pool.submitWith({ signal }, jobs.echo, () => {})],
    ["that was refused", () => new Promise(() => pool.submitWith({ signal }, () => 1))],
    [
      "that was cancelled before it began",
      async () => {
        const first = pool.submit(jobs.block, 5);
        expect(pool.submitWith({ signal }, jobs.keep, 0).cancel()).toBe(true);
        await first;
      },
    ],
  ];

  test.each(endings)("of a job %s", { timeout: patience }, async (_name, end) => {
    pool = make({ maxWorkers: 1 });
    const ending = Promise.resolve(end());
    await ending.catch(() => {});
    expect(listenersOn(signal)).toBe(0);
  });

  test("of a job that runs has one, until it is over", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    const running = pool.submitWith({ signal }, jobs.block, 20);
    await untilRunning(running);
    expect(listenersOn(signal)).toBe(1);
    await running;
    expect(listenersOn(signal)).toBe(0);
  });

  test("that was aborted while jobs waited and ran", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    const controller = new AbortController();
    const options = { signal: controller.signal, gracePeriod: 0 };
    const all = [0, 1, 2].map(() => pool.submitWith(options, jobs.never));
    await untilRunning(all[0] as never);
    controller.abort("enough");
    for (const each of all) expect(await failureOf(each)).toMatchObject({ reason: "enough" });
    expect(listenersOn(controller.signal)).toBe(0);
  });

  test("that was aborted before, and one of a pool that is shut down", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    const aborted = AbortSignal.abort("too late");
    await failureOf(pool.submitWith({ signal: aborted }, jobs.add, 1, 1));
    await pool.shutdown();
    expect(() => pool.submitWith({ signal }, jobs.add, 1, 1)).toThrow("after shutdown");
    expect([listenersOn(aborted), listenersOn(signal)]).toEqual([0, 0]);
  });

  test("given to map(): read to the end, left, failed, and aborted", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    for await (const _ of pool.map(jobs.echo, [1, 2, 3], { signal }));
    for await (const _ of pool.map(jobs.echo, [1, 2, 3], { signal })) break;
    await failureOf(pool.map(jobs.fail, ["first", "second"], { signal }).next());
    expect(listenersOn(signal)).toBe(0);

    const controller = new AbortController();
    const readAll = async (): Promise<void> => {
      for await (const _ of pool.map(jobs.block, [0, 20, 20, 20], { signal: controller.signal }))
        controller.abort(new Error("enough"));
    };
    expect((await failureOf(readAll())).message).toBe("enough");
    expect(listenersOn(controller.signal)).toBe(0);
  });

  test("given to streamWith(): read to the end, and left", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    for await (const _ of pool.streamWith({ signal }, jobs.count, 3));
    const left = pool.streamWith({ signal }, jobs.count, 1e9);
    for await (const _ of left) break;
    await left.returned.catch(() => {});
    expect(listenersOn(signal)).toBe(0);
  });
});
