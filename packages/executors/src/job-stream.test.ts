import { createTask, sleep, type Task } from "@asyncio-ts/tasks";
import { awaited } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import type { JobStream } from "./executor.ts";
import { ExecutorFuture } from "./executor-future.ts";
import type { Job } from "./job.ts";
import { streamJob } from "./job-stream.ts";

/** A stream, and what its job would do. */
function makeStream() {
  const future = new ExecutorFuture<unknown>();
  let send: (item: unknown) => void = () => {};
  const stream: JobStream<unknown, unknown> = streamJob(16, (_credit, onItem) => {
    send = onItem;
    return { future, worker: null } as unknown as Job;
  });
  return { stream, future, send: (item: unknown) => send(item) };
}

/** Waits for the next item, and says when it waits. */
function read(stream: JobStream<unknown, unknown>): Task<unknown> {
  return createTask(async () => (await stream.next()).value);
}

describe("streamJob()", () => {
  test("next() may be called before the last one has settled: each gets its item, in order", async () => {
    const { stream, future, send } = makeStream();
    const all = [stream.next(), stream.next(), stream.next(), stream.next()];
    send("a");
    send("b");
    await all[0];
    send("c");
    future.setResult("end");
    expect(await Promise.all(all)).toEqual([
      { done: false, value: "a" },
      { done: false, value: "b" },
      { done: false, value: "c" },
      { done: true, value: undefined },
    ]);
  });

  test("next() does not overtake one that waits", async () => {
    const { stream, send } = makeStream();
    const first = stream.next();
    send("a");
    const second = stream.next();
    send("b");
    expect([(await first).value, (await second).value]).toEqual(["a", "b"]);
  });

  test("the failure of the job is that of the first who waits; the others find the end", async () => {
    const { stream, future } = makeStream();
    const all = Promise.allSettled([stream.next(), stream.next()]);
    future.setException(new RangeError("no more"));
    const [first, second] = await all;
    expect(first).toMatchObject({ status: "rejected", reason: { message: "no more" } });
    expect(second).toMatchObject({ status: "fulfilled", value: { done: true } });
  });

  test("return() ends the wait of all who wait", async () => {
    const { stream } = makeStream();
    const all = [stream.next(), stream.next()];
    await stream.return?.();
    expect((await Promise.all(all)).map(({ done }) => done)).toEqual([true, true]);
  });

  eachEngine("an item is kept for the next when the task that waits for it is cancelled", function* () {
    const { stream, send } = makeStream();
    const first = read(stream);
    const second = read(stream);
    yield* awaited(sleep(0));
    first.cancel();
    yield* awaited(sleep(0));
    send("a");
    expect(yield* awaited(second)).toBe("a");
    expect(first.cancelled()).toBe(true);
  });

  eachEngine("an item is handed on when the task is cancelled that was to get it", function* () {
    const { stream, send } = makeStream();
    const first = read(stream);
    const second = read(stream);
    yield* awaited(sleep(0));
    send("a");
    first.cancel();
    expect(yield* awaited(second)).toBe("a");
    expect(first.cancelled()).toBe(true);
  });
});
