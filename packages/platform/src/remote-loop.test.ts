import { CancelledError, currentTask, InvalidStateError, sleep } from "@asyncio-ts/tasks";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { EventLoop } from "./event-loop.ts";
import { newPlatformHost } from "./platform-host.node.ts";
import { attachLoop } from "./remote-loop.ts";

function newLoop(): EventLoop {
  const loop = new EventLoop(newPlatformHost());
  onTestFinished(() => loop.close());
  return loop;
}

async function failureOf(work: PromiseLike<unknown>): Promise<unknown> {
  try {
    return await work;
  } catch (error) {
    return error;
  }
}

const services = {
  add: async (a: number, b: number) => a + b,
  nap: async (seconds: number) => {
    await sleep(seconds);
    return "slept";
  },
  *step(value: string) {
    yield* sleep(0);
    return `${value} of a generator`;
  },
  fail: async () => {
    throw new InvalidStateError("as it was");
  },
  refuse: () => {
    throw new RangeError("at once");
  },
  closure: async () => () => 1,
};

describe("runCoroutineThreadsafe()", () => {
  test("runs functions of the handle by name, as tasks of the loop", async () => {
    const loop = newLoop();
    const remote = attachLoop(loop.threadsafeHandle(services));
    const results = await loop.runUntilComplete(async () => [
      await remote.runCoroutineThreadsafe("add", 1, 2),
      await remote.runCoroutineThreadsafe("step", "result"),
      await remote.runCoroutineThreadsafe("nap", 0.001),
    ]);
    expect(results).toEqual([3, "result of a generator", "slept"]);
  });

  test("hands on what a coroutine throws, with its class, also at once", async () => {
    const loop = newLoop();
    const remote = attachLoop(loop.threadsafeHandle(services));
    const [failed, refused, lost] = await loop.runUntilComplete(async () => [
      await failureOf(remote.runCoroutineThreadsafe("fail")),
      await failureOf(remote.runCoroutineThreadsafe("refuse")),
      await failureOf(remote.runCoroutineThreadsafe("closure")),
    ]);
    expect(failed).toBeInstanceOf(InvalidStateError);
    expect(failed).toMatchObject({ name: "InvalidStateError", message: "as it was" });
    expect(refused).toEqual(new RangeError("at once"));
    expect(lost).toMatchObject({ message: expect.stringContaining("Cannot send the outcome to another thread") });
  });

  test("refuses what is not in the handle, also what every object has", async () => {
    const loop = newLoop();
    const remote = attachLoop(loop.threadsafeHandle<Record<string, () => void>>({}));
    const errors = await loop.runUntilComplete(async () => [
      await failureOf(remote.runCoroutineThreadsafe("toString")),
      await failureOf(remote.runCoroutineThreadsafe("nothing")),
    ]);
    expect(errors.map((error) => (error as Error).message)).toEqual([
      'Another thread has called "toString", which is no function of this handle',
      'Another thread has called "nothing", which is no function of this handle',
    ]);
  });

  test("a cancelled future cancels the task, and counts at once on this side", async () => {
    const loop = newLoop();
    const reasons: unknown[] = [];
    const remote = attachLoop(
      loop.threadsafeHandle({
        wait: async () => {
          try {
            await sleep(60);
          } catch (error) {
            reasons.push((error as CancelledError).reason);
            throw error;
          }
        },
      }),
    );
    await loop.runUntilComplete(async () => {
      const future = remote.runCoroutineThreadsafe("wait");
      await sleep(0.005);
      expect([future.cancel("enough"), future.cancelled()]).toEqual([true, true]);
      expect(await failureOf(future)).toBeInstanceOf(CancelledError);
      while (reasons.length === 0) await sleep(0.001);
    });
    expect(reasons).toEqual(["enough"]);
  });

  test("a reason that cannot be cloned cancels the task as a text", async () => {
    const loop = newLoop();
    const waiting = loop.createFuture<void>();
    let begun = false;
    const wait = () => {
      begun = true;
      return waiting;
    };
    const remote = attachLoop(loop.threadsafeHandle({ wait }));
    await loop.runUntilComplete(async () => {
      const future = remote.runCoroutineThreadsafe("wait");
      while (!begun) await sleep(0.001);
      expect(future.cancel({ why() {} })).toBe(true);
      while (!waiting.done()) await sleep(0.001);
    });
    expect(typeof waiting.cancelMessage()).toBe("string");
  });

  test("a future whose cancellation cannot be sent is pending as before", async () => {
    const loop = newLoop();
    const handle = loop.threadsafeHandle(services);
    const future = attachLoop(handle).runCoroutineThreadsafe("add", 1, 2);
    const post = vi.spyOn(handle.port, "postMessage").mockImplementation(() => {
      throw new RangeError("no room");
    });
    expect(() => future.cancel()).toThrow("no room");
    post.mockRestore();
    expect(await loop.runUntilComplete(async () => await future)).toBe(3);
  });

  test("a reason that is an error keeps its class, on both sides", async () => {
    const loop = newLoop();
    const waiting = loop.createFuture<void>();
    let begun = false;
    const remote = attachLoop(
      loop.threadsafeHandle({
        wait: () => {
          begun = true;
          return waiting;
        },
        giveUp: async () => {
          currentTask()?.cancel(new InvalidStateError("gave up"));
          await sleep(60);
        },
      }),
    );
    const error = await loop.runUntilComplete(async () => {
      const future = remote.runCoroutineThreadsafe("wait");
      while (!begun) await sleep(0.001);
      future.cancel(new InvalidStateError("enough"));
      while (!waiting.done()) await sleep(0.001);
      return await failureOf(remote.runCoroutineThreadsafe("giveUp"));
    });
    expect(waiting.cancelMessage()).toBeInstanceOf(InvalidStateError);
    expect(error).toMatchObject({ name: "CancelledError", reason: new InvalidStateError("gave up") });
    expect((error as CancelledError).reason).toBeInstanceOf(InvalidStateError);
  });

  test("[96] an error of the task factory reaches both sides", async () => {
    const loop = newLoop();
    const reported: unknown[] = [];
    loop.setExceptionHandler((_, { exception }) => reported.push(String(exception)));
    const remote = attachLoop(loop.threadsafeHandle(services));
    const error = await loop.runUntilComplete(async () => {
      loop.setTaskFactory(() => {
        throw new RangeError("no tasks today");
      });
      return await failureOf(remote.runCoroutineThreadsafe("add", 1, 2));
    });
    expect(error).toEqual(new RangeError("no tasks today"));
    expect(reported).toEqual(["RangeError: no tasks today"]);
  });

  test("cannot be waited for in the thread of the loop, which would wait for itself", () => {
    const remote = attachLoop(newLoop().threadsafeHandle(services));
    const future = remote.runCoroutineThreadsafe("add", 1, 2);
    expect(() => future.result()).toThrow("Cannot block the thread of the loop that is to give the result; await it");
    expect(() => future.result(-1)).toThrow(RangeError);
    future.cancel();
  });
});

describe("callSoonThreadsafe()", () => {
  test("calls functions of the handle in order, and wakes the loop", async () => {
    const loop = newLoop();
    const seen: string[] = [];
    const done = loop.createFuture<void>();
    const remote = attachLoop(
      loop.threadsafeHandle({
        note: (text: string) => seen.push(text),
        end: () => done.setResult(),
      }),
    );
    setTimeout(() => {
      remote.callSoonThreadsafe("note", "a");
      remote.callSoonThreadsafe("note", "b");
      remote.callSoonThreadsafe("end");
    }, 5);
    await loop.runUntilComplete(function* () {
      yield* done;
    });
    expect(seen).toEqual(["a", "b"]);
  });

  test("leaves what it throws to the exception handler", async () => {
    const loop = newLoop();
    const messages: unknown[] = [];
    loop.setExceptionHandler((_, { exception }) => messages.push((exception as Error).message));
    const remote = attachLoop(loop.threadsafeHandle(services));
    remote.callSoonThreadsafe("refuse");
    await loop.runUntilComplete(sleep(0.02));
    expect(messages).toEqual(["at once"]);
  });

  test("of the loop itself is callSoon()", async () => {
    const loop = newLoop();
    const seen: number[] = [];
    loop.callSoonThreadsafe((n: number) => seen.push(n), 1);
    await loop.runUntilComplete(sleep(0));
    expect(seen).toEqual([1]);
  });
});

describe("threadsafeHandle()", () => {
  test("of a loop that was closed is refused, and one that was given out says so", async () => {
    const loop = newLoop();
    const remote = attachLoop(loop.threadsafeHandle(services));
    const future = remote.runCoroutineThreadsafe("nap", 60);
    loop.close();
    expect(await failureOf(future)).toMatchObject({ name: "RuntimeError", message: "Event loop is closed" });
    expect(remote.isClosed()).toBe(true);
    expect(() => remote.callSoonThreadsafe("refuse")).toThrow("Event loop is closed");
    expect(() => loop.threadsafeHandle(services)).toThrow("Event loop is closed");
  });

  test("makes one loop, however often it is attached", () => {
    const handle = newLoop().threadsafeHandle(services);
    expect(attachLoop(handle)).toBe(attachLoop(handle));
  });

  test.each([[undefined], [null], [1]])("refuses %j for its functions", (value) => {
    expect(() => newLoop().threadsafeHandle(value as never)).toThrow(TypeError);
    expect(() => attachLoop(value as never)).toThrow(TypeError);
  });
});
