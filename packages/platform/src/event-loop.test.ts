import { RuntimeError } from "@asyncio-ts/contextvars";
import { BaseEventLoop } from "@asyncio-ts/core";
import { ordered, VirtualHost } from "@asyncio-ts/core/testing";
import {
  CancelledError,
  coroutine,
  createTask,
  eagerTaskFactory,
  Future,
  InvalidStateError,
  type Startable,
  sleep,
  Task,
  type Work,
} from "@asyncio-ts/tasks";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { isSpent } from "../test/is-spent.ts";
import { virtualLoop } from "../test/virtual.ts";
import { EventLoop } from "./event-loop.ts";

const sayOne = coroutine(async function sayOne() {
  await sleep(1);
  return "one";
});

function* oneGenerator() {
  yield* sleep(1);
  return "one";
}

describe("EventLoop", () => {
  test("is a loop of core, so every function of the layers below works on it", async () => {
    const loop = virtualLoop();
    expect(loop).toBeInstanceOf(BaseEventLoop);
    const task = createTask(sayOne(), { loop });
    expect(await loop.runUntilComplete(task)).toBe("one");
    loop.close();
  });

  test("starts in debug mode if it is told to", () => {
    for (const debug of [true, false]) {
      const loop = virtualLoop({ debug });
      expect(loop.getDebug()).toBe(debug);
      loop.close();
    }
  });
});

describe("loop.createTask()", () => {
  test.each<[string, () => Work<string>]>([
    ["an async function", () => async () => "one"],
    ["a coroutine", () => sayOne()],
    ["a function*", () => oneGenerator],
    ["a generator", () => oneGenerator()],
  ])("makes a task of %s", async (_kind, makeWork) => {
    const loop = virtualLoop();
    const task = loop.createTask(makeWork(), { name: "worker" });
    expect(task).toBeInstanceOf(Task);
    expect(task.loop).toBe(loop);
    expect(task.getName()).toBe("worker");
    expect(await loop.runUntilComplete(task)).toBe("one");
    loop.close();
  });

  test("refuses what is no work, and a running promise", () => {
    const loop = virtualLoop();
    expect(() => loop.createTask(42 as never)).toThrow(TypeError);
    expect(() => loop.createTask(Promise.resolve(1) as never)).toThrow("pass the function that makes it");
    expect(loop.statistics().ready).toBe(0);
    loop.close();
  });

  test("[24] closes the coroutine that it refuses, so that it is not reported as never awaited", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockReturnValue(undefined);
    onTestFinished(() => warn.mockRestore());
    const loop = virtualLoop();
    loop.close();
    const refused = sayOne();
    expect(() => loop.createTask(refused)).toThrow("Event loop is closed");
    expect(isSpent(refused)).toBe(true);
    expect(warn).not.toHaveBeenCalled();
  });
});

describe("loop.createFuture()", () => {
  test("makes a future of this loop", () => {
    const loop = virtualLoop();
    const future = loop.createFuture<number>();
    expect(future).toBeInstanceOf(Future);
    expect(future.getLoop()).toBe(loop);
    loop.close();
  });
});

describe("loop.setTaskFactory()", () => {
  test("makes the tasks of this loop only", async () => {
    const [loop, other] = [virtualLoop(), virtualLoop()];
    expect(loop.getTaskFactory()).toBeNull();
    class Special<T> extends Task<T> {}
    loop.setTaskFactory((_loop, work, options) => new Special(work, options));
    expect(loop.createTask(async () => {})).toBeInstanceOf(Special);
    expect(other.createTask(async () => {})).not.toBeInstanceOf(Special);
    loop.setTaskFactory(null);
    expect(loop.createTask(async () => {})).not.toBeInstanceOf(Special);
    for (const each of [loop, other]) await each.runUntilComplete(sleep(0));
    for (const each of [loop, other]) each.close();
  });

  test("takes the eager one", async () => {
    const loop = virtualLoop();
    loop.setTaskFactory(eagerTaskFactory);
    expect(loop.getTaskFactory()).toBe(eagerTaskFactory);
    const done = await loop.runUntilComplete(async () => createTask(function* () {}).done());
    expect(done).toBe(true);
    loop.close();
  });

  test("refuses what is neither a function nor null", () => {
    const loop = virtualLoop();
    expect(() => loop.setTaskFactory(5 as never)).toThrow(TypeError);
    expect(loop.getTaskFactory()).toBeNull();
    loop.close();
  });
});

describe("loop.runUntilComplete()", () => {
  test.each<[string, () => Startable<string>]>([
    ["an async function", () => async () => "one"],
    ["a coroutine", () => sayOne()],
    ["a generator", () => oneGenerator()],
    ["a promise", () => Promise.resolve("one")],
    ["a thenable", () => ({ then: (resolve: (value: string) => void) => resolve("one") }) as never],
  ])("answers the result of %s", async (_kind, makeWork) => {
    const loop = virtualLoop();
    expect(await loop.runUntilComplete(makeWork())).toBe("one");
    expect(loop.isRunning()).toBe(false);
    loop.close();
  });

  test("answers at once for a future that is done, after one turn", async () => {
    const loop = virtualLoop();
    const future = loop.createFuture<number>();
    future.setResult(1);
    expect(await loop.runUntilComplete(future)).toBe(1);
    expect(loop.statistics().turns).toBe(1);
    loop.close();
  });

  test("fails as the work does, whose error counts as read", async () => {
    const loop = virtualLoop();
    const reports: unknown[] = [];
    loop.setExceptionHandler((_loop, context) => reports.push(context));
    await expect(
      loop.runUntilComplete(async () => {
        throw new RangeError("spam");
      }),
    ).rejects.toThrow(new RangeError("spam"));
    loop.close();
    expect(reports).toEqual([]);
  });

  test("rejects with a CancelledError if the work was cancelled", async () => {
    const loop = virtualLoop();
    const task = loop.createTask(sleep(10));
    loop.callLater(1, () => task.cancel("enough"));
    await expect(loop.runUntilComplete(task)).rejects.toThrow(new CancelledError("enough"));
    expect(loop.time()).toBe(1);
    loop.close();
  });

  test("leaves other tasks pending, and goes on with them in the next run", async () => {
    const order = ordered();
    const loop = virtualLoop();
    const long = loop.createTask(async () => {
      order.step(1);
      await sleep(2);
      order.finish(4);
    });
    await loop.runUntilComplete(async () => {
      order.step(2);
      await sleep(1);
      order.step(3);
    });
    expect(long.done()).toBe(false);
    await loop.runUntilComplete(long);
    loop.close();
  });

  test("ends in the turn in which the future is done, after what was scheduled before", async () => {
    const order = ordered();
    const loop = virtualLoop();
    const future = loop.createFuture<void>();
    loop.callSoon(() => {
      order.step(1);
      loop.callSoon(() => order.step(2));
      future.setResult();
      loop.callSoon(() => {
        order.step(3);
        loop.callSoon(() => order.finish(5));
      });
    });
    await loop.runUntilComplete(future);
    order.step(4);
    await loop.runUntilComplete(sleep(0));
    loop.close();
  });

  test("[23] rejects if the loop is stopped first; the task stays pending and can be cancelled", async () => {
    const loop = virtualLoop();
    const task = loop.createTask(async () => {
      loop.stop();
      await sleep(10);
    });
    await expect(loop.runUntilComplete(task)).rejects.toThrow(
      new RuntimeError("Event loop stopped before the future was done"),
    );
    expect(task.done()).toBe(false);
    expect(loop.isRunning()).toBe(false);
    expect(task.cancel()).toBe(true);
    await expect(loop.runUntilComplete(task)).rejects.toThrow(CancelledError);
    expect(task.cancelled()).toBe(true);
    loop.close();
  });

  test("does not stop the next run, if stop() and the end of the work fell into one turn", async () => {
    const loop = virtualLoop();
    const future = loop.createFuture<string>();
    loop.callSoon(() => {
      loop.stop();
      future.setResult("done");
    });
    expect(await loop.runUntilComplete(future)).toBe("done");
    expect(await loop.runUntilComplete(sayOne())).toBe("one");
    loop.close();
  });

  test("rejects on a closed loop, and closes the coroutine", async () => {
    const loop = virtualLoop();
    loop.close();
    const refused = sayOne();
    await expect(loop.runUntilComplete(refused)).rejects.toThrow(new RuntimeError("Event loop is closed"));
    expect(isSpent(refused)).toBe(true);
  });

  test("rejects while the loop is running, and inside another running loop", async () => {
    const [loop, other] = [virtualLoop(), virtualLoop()];
    await loop.runUntilComplete(async () => {
      await expect(loop.runUntilComplete(sayOne())).rejects.toThrow("This event loop is already running");
      await expect(other.runUntilComplete(sayOne())).rejects.toThrow("while another loop is running");
    });
    expect(other.statistics().ready).toBe(0);
    for (const each of [loop, other]) each.close();
  });

  test("rejects what cannot be awaited, and another loop's future, and changes nothing", async () => {
    const [loop, other] = [virtualLoop(), virtualLoop()];
    await expect(loop.runUntilComplete(42 as never)).rejects.toThrow(TypeError);
    await expect(loop.runUntilComplete(null as never)).rejects.toThrow(TypeError);
    await expect(loop.runUntilComplete(other.createFuture())).rejects.toThrow(RangeError);
    expect(loop.isRunning()).toBe(false);
    expect(loop.statistics()).toMatchObject({ ready: 0, turns: 0 });
    for (const each of [loop, other]) each.close();
  });

  test("the result of a task that was not run cannot be read", () => {
    const loop = virtualLoop();
    const future = loop.createFuture();
    expect(() => future.result()).toThrow(InvalidStateError);
    loop.close();
  });
});

describe("the composed loop", () => {
  test("[94] runs negative delays in the order of their deadlines", async () => {
    const order = ordered();
    const loop = virtualLoop();
    loop.callLater(-1, () => order.step(2));
    loop.callLater(-2, () => order.step(1));
    loop.callLater(0, () => order.finish(3));
    await loop.runUntilComplete(sleep(1));
    loop.close();
  });

  test("[94] takes one turn if it was stopped before it ran, without waiting for a timer", async () => {
    const loop = virtualLoop();
    const ran: string[] = [];
    loop.callSoon(() => ran.push("soon"));
    loop.callLater(10, () => ran.push("late"));
    loop.stop();
    await loop.runForever();
    expect(ran).toEqual(["soon"]);
    expect(loop.time()).toBe(0);
    loop.close();
  });

  test("[94] forgets cancelled timers once they are most of many", async () => {
    const loop = virtualLoop();
    await loop.runUntilComplete(async () => {
      const tasks = Array.from({ length: 1_000 }, () => createTask(sleep(3_600)));
      await sleep(1);
      for (const task of tasks) task.cancel();
      await sleep(1);
    });
    expect(loop.statistics().timers).toBeLessThan(600);
    expect(loop.time()).toBe(2);
    loop.close();
  });

  test("[94] lives on when an exception handler is broken, and prints what both had to say", async () => {
    const print = vi.spyOn(console, "error").mockReturnValue(undefined);
    onTestFinished(() => print.mockRestore());
    const loop = virtualLoop();
    loop.setExceptionHandler(() => {
      throw new Error("broken handler");
    });
    loop.callSoon(() => {
      throw new Error("spam");
    });
    expect(await loop.runUntilComplete(sayOne())).toBe("one");
    expect(print.mock.calls.flat().map(String).join(" ")).toMatch(/Unhandled error in exception handler.*broken/s);
    loop.close();
  });

  test("subclasses may have their own host and exception handler", async () => {
    class Quiet extends EventLoop {
      readonly seen: string[] = [];
      override defaultExceptionHandler({ message }: { readonly message: string }): void {
        this.seen.push(message);
      }
    }
    const loop = new Quiet(new VirtualHost());
    loop.callSoon(function fail() {
      throw new Error("spam");
    });
    await loop.runUntilComplete(sleep(0));
    expect(loop.seen).toEqual(["Exception in callback fail()"]);
    loop.close();
  });
});
