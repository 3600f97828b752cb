import { VirtualHost } from "@asyncio-ts/core/testing";
import { coroutine, createTask, Future, sleep, type Work } from "@asyncio-ts/tasks";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { DeadlockError } from "./errors.ts";
import { EventLoop } from "./event-loop.ts";

function debugLoop(): { readonly host: VirtualHost; readonly loop: EventLoop; readonly warnings: string[] } {
  const warnings: string[] = [];
  const emit = vi.spyOn(process, "emitWarning").mockImplementation((text, type) => warnings.push(`${type}: ${text}`));
  onTestFinished(() => emit.mockRestore());
  const host = new VirtualHost();
  return { host, warnings, loop: new EventLoop(host, { debug: true }) };
}

describe("debug mode", () => {
  test("names a callback that takes long, with its time", async () => {
    const { host, loop, warnings } = debugLoop();
    loop.callSoon(function countPrimes() {
      host.advance(0.25);
    });
    await loop.runUntilComplete(sleep(0));
    loop.close();
    expect(warnings).toEqual([
      expect.stringMatching(/^SlowCallbackWarning: Executing <Handle countPrimes\(\).*> took 0\.250 seconds$/),
    ]);
  });

  test("names a task whose step takes long, in a generator", async () => {
    const { host, loop, warnings } = debugLoop();
    const slow = function* () {
      host.advance(0.25);
      yield* sleep(1);
      host.advance(0.5);
    };
    await loop.runUntilComplete(loop.createTask(slow, { name: "slow" }));
    loop.close();
    expect(warnings).toEqual([
      expect.stringMatching(/Executing <Task .*name='slow'.*> took 0\.250 seconds$/),
      expect.stringMatching(/Executing <Task .*name='slow'.*> took 0\.500 seconds$/),
    ]);
  });

  test("names a task whose native code takes long after an await, which runs in the drain", async () => {
    const { host, loop, warnings } = debugLoop();
    const nested = async (): Promise<void> => {
      await sleep(1);
      await null;
      host.advance(0.5);
    };
    await loop.runUntilComplete(loop.createTask(() => nested(), { name: "slow" }));
    loop.close();
    expect(warnings).toEqual([expect.stringMatching(/Executing <Task .*name='slow'.*> took 0\.500 seconds$/)]);
  });

  test("says nothing of what takes less than slowCallbackDuration", async () => {
    const { host, loop, warnings } = debugLoop();
    loop.slowCallbackDuration = 1;
    loop.callSoon(() => host.advance(0.9));
    await loop.runUntilComplete(sleep(0));
    loop.close();
    expect(warnings).toEqual([]);
  });

  test("can be switched on while the loop runs", async () => {
    const { host, loop, warnings } = debugLoop();
    loop.setDebug(false);
    await loop.runUntilComplete(async () => {
      host.advance(1);
      await sleep(0);
      loop.setDebug(true);
      await sleep(0);
      host.advance(1);
      await sleep(0);
    });
    loop.close();
    expect(warnings).toHaveLength(1);
  });

  test("tells where a task was made that is destroyed pending", async () => {
    const { loop } = debugLoop();
    const reports: unknown[] = [];
    loop.setExceptionHandler((_loop, context) => reports.push(context.createdAt));
    await loop.runUntilComplete(async function makeTask() {
      createTask(sleep(100));
    });
    loop.close();
    expect(reports).toEqual([expect.stringMatching(/at makeTask .*event-loop\.debug\.test\.ts/)]);
  });
});

describe("DeadlockError", () => {
  async function deadlockOf(work: Work<unknown>, debug: boolean): Promise<DeadlockError> {
    const loop = new EventLoop(new VirtualHost(), { debug });
    const main = loop.createTask(work, { name: "main" });
    const error: unknown = await loop.runUntilComplete(main).catch((reason: unknown) => reason);
    loop.setExceptionHandler(() => {}); // what is pending when the loop is closed is the point here
    loop.close();
    if (error instanceof DeadlockError) return error;
    throw new Error("There was no deadlock", { cause: error });
  }

  const waitForEach = coroutine(async function waitForEach(other: () => Future<unknown>) {
    await other();
  });

  test("lists every pending task with what it waits on", async () => {
    const error = await deadlockOf(async () => {
      const tasks: Future<unknown>[] = [];
      tasks.push(createTask(() => waitForEach(() => tasks[1] as Future<unknown>), { name: "a" }));
      tasks.push(createTask(() => waitForEach(() => tasks[0] as Future<unknown>), { name: "b" }));
      createTask(() => new Promise(() => {}), { name: "foreign" });
      await new Future();
    }, false);
    expect(error.message.split("\n")).toEqual([
      "Nothing can wake the event loop any more; tasks pending: 4",
      "  <Task pending name='main' waiting on <Future pending>>",
      "  <Task pending name='a' waiting on task 'b'>",
      "  <Task pending name='b' waiting on task 'a'>",
      "  <Task pending name='foreign'> waits on a promise that no loop knows of",
      "Debug mode (ASYNCIO_DEBUG=1) shows where they wait",
    ]);
    expect(error.tasks.map((task) => task.getName())).toEqual(["main", "a", "b", "foreign"]);
  });

  test.each<[string, Work<unknown>]>([
    [
      "async",
      async function waitForGodot() {
        await new Future();
      },
    ],
    [
      "generator",
      function* waitForGodot() {
        yield* new Future();
      },
    ],
  ])("shows in debug mode where the task waits, in a body of the kind %s", async (_kind, work) => {
    const lines = (await deadlockOf(work, true)).message.split("\n");
    expect(lines[1]).toBe("  <Task pending name='main' coro=waitForGodot() waiting on <Future pending>>");
    expect(lines[2]).toMatch(/^ {4}at .*waitForGodot.*event-loop\.debug\.test\.ts:\d+/);
    expect(lines.join()).not.toContain("ASYNCIO_DEBUG");
  });

  test("says so if no task is pending", async () => {
    const loop = new EventLoop(new VirtualHost());
    await expect(loop.runForever()).rejects.toThrow("Nothing can wake the event loop any more; no task is pending");
    loop.close();
  });

  test("does not list more tasks than anybody reads, but has them all", async () => {
    const error = await deadlockOf(async () => {
      for (let i = 0; i < 2_000; i++) createTask(() => new Promise(() => {}));
      await new Future();
    }, false);
    expect(error.message.split("\n")).toHaveLength(1_003);
    expect(error.message).toContain("\n  and 1001 more\n");
    expect(error.tasks).toHaveLength(2_001);
  });
});
