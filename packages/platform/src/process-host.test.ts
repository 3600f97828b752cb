import { readFile } from "node:fs";
import { currentFrame } from "@asyncio-ts/contextvars";
import type { Host } from "@asyncio-ts/core";
import { VirtualHost } from "@asyncio-ts/core/testing";
import { sleep } from "@asyncio-ts/tasks";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { runNode } from "../test/run-node.ts";
import { EventLoop } from "./event-loop.ts";
import { newPlatformHost } from "./platform-host.node.ts";

vi.setConfig({ testTimeout: 30_000 }); // processes take their time on a busy machine

/** Microtasks that ask for one another. */
async function microtasks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await null;
}

/** Where Node may call us from. */
const places: Record<string, (enter: () => void) => void> = {
  "plain code": (enter) => enter(),
  "a microtask": (enter) => queueMicrotask(enter),
  "a microtask among others": (enter) => void microtasks(3).then(enter),
  "a tick": (enter) => process.nextTick(enter),
  "a tick that a microtask has asked for": (enter) => queueMicrotask(() => process.nextTick(enter)),
  "a timer": (enter) => void setTimeout(enter, 1),
  "an immediate": (enter) => void setImmediate(enter),
  "an I/O callback": (enter) => readFile(import.meta.filename, enter),
};

describe("host.now()", () => {
  test("is in seconds and never runs backwards", () => {
    const host = newPlatformHost();
    const times = Array.from({ length: 1_000 }, () => host.now());
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(Math.abs(host.now() - performance.now() / 1_000)).toBeLessThan(1);
  });
});

describe("host.afterMicrotasks()", () => {
  test.each(Object.keys(places))("called from %s, calls back after all microtasks and before I/O", async (place) => {
    const host = newPlatformHost();
    const order: string[] = [];
    await new Promise<void>((resolve) => {
      places[place]?.(() => {
        setImmediate(() => {
          order.push("I/O");
          resolve();
        });
        void microtasks(100).then(() => order.push("microtasks"));
        host.afterMicrotasks(() => order.push("host"));
        void microtasks(200).then(() => order.push("more microtasks"));
      });
    });
    expect(order).toEqual(["microtasks", "more microtasks", "host", "I/O"]);
  });

  test("calls back in the order of the calls", async () => {
    const host = newPlatformHost();
    const order: number[] = [];
    await new Promise<void>((resolve) => {
      host.afterMicrotasks(() => order.push(1));
      host.afterMicrotasks(() => order.push(2));
      host.afterMicrotasks(resolve);
    });
    expect(order).toEqual([1, 2]);
  });
});

describe("host.drainMicrotasks()", () => {
  test.each(["a tick", "a timer", "an immediate", "an I/O callback"])(
    "called from %s, returns once all microtasks have run, or says that it cannot",
    async (place) => {
      const host = newPlatformHost();
      const order: string[] = [];
      await new Promise<void>((resolve) => {
        places[place]?.(() => {
          void microtasks(100).then(() => order.push("microtasks"));
          if (host.drainMicrotasks?.()) order.push("drained");
          else host.afterMicrotasks(() => order.push("drained")); // as the loop does
          setImmediate(resolve);
        });
      });
      expect(order).toEqual(["microtasks", "drained"]);
    },
  );

  test("leaves what others throw uncaught, and the loop goes on", async () => {
    const program = `
      process.on("uncaughtException", (error) => console.log("uncaught:", error.message));
      await run(async () => {
        process.nextTick(() => { throw new Error("a tick"); });
        queueMicrotask(() => { throw new Error("a microtask"); });
        await sleep(0);
        await sleep(0.01);
        console.log("end");
      });`;
    const { status, stdout } = await runNode(program);
    expect(stdout.trim().split("\n").sort()).toEqual(["end", "uncaught: a microtask", "uncaught: a tick"]);
    expect(status).toBe(0);
  });
});

describe("host.afterIo()", () => {
  test("starves no I/O, however often it is asked", async () => {
    const host = newPlatformHost();
    let read = false;
    readFile(import.meta.filename, () => {
      read = true;
    });
    await new Promise<void>((resolve) => {
      const callAgain = (): void => (read ? resolve() : host.afterIo(callAgain));
      callAgain();
    });
    expect(read).toBe(true);
  });
});

describe("host.wakeAt()", () => {
  function wait(host: Host, seconds: number): Promise<{ readonly due: number; readonly woken: number }> {
    const due = host.now() + seconds;
    return new Promise((resolve) => host.wakeAt(due, () => resolve({ due, woken: host.now() })));
  }

  test("is never early, whatever the part of a millisecond", async () => {
    const host = newPlatformHost();
    const delays = Array.from({ length: 400 }, (_, i) => i * 0.000_05);
    for (const { due, woken } of await Promise.all(delays.map((delay) => wait(host, delay)))) {
      expect(woken).toBeGreaterThanOrEqual(due);
    }
  });

  test("is never early after code that has held up the thread", async () => {
    const host = newPlatformHost();
    for (const seconds of [0.001, 0.002, 0.003]) {
      const busyUntil = host.now() + 0.005;
      while (host.now() < busyUntil); // Node reckons from the time at which it last looked at its clock
      const { due, woken } = await wait(host, seconds);
      expect(woken).toBeGreaterThanOrEqual(due);
    }
  });

  test("calls back soon, but not at once, for a time that has passed", async () => {
    const host = newPlatformHost();
    let woken = false;
    const waking = new Promise<void>((resolve) => {
      host.wakeAt(host.now() - 10, () => {
        woken = true;
        resolve();
      });
    });
    expect(woken).toBe(false);
    await waking;
  });

  test("can be cancelled", async () => {
    const host = newPlatformHost();
    const called = vi.fn<() => void>();
    host.wakeAt(host.now() + 0.001, called).cancel();
    await wait(host, 0.005);
    expect(called).not.toHaveBeenCalled();
  });

  test("waits for months, of which Node's timers know nothing", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const host = newPlatformHost();
    const day = 24 * 3_600;
    const called = vi.fn<() => void>();
    host.wakeAt(host.now() + 60 * day, called);
    await vi.advanceTimersByTimeAsync(59.9 * day * 1_000);
    expect(called).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(0.2 * day * 1_000);
    expect(called).toHaveBeenCalledTimes(1);
  });

  test("keeps the process up for a time that never comes, as whoever sleeps for ever expects", () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const alarm = newPlatformHost().wakeAt(Number.POSITIVE_INFINITY, () => {});
    expect(vi.getTimerCount()).toBe(1);
    alarm.cancel();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("the host of this runtime", () => {
  test("serves loops beside each other, and beside one in virtual time", async () => {
    const host = newPlatformHost();
    const loops = [new EventLoop(host), new EventLoop(host), new EventLoop(new VirtualHost())];
    const times = await Promise.all(
      loops.map((loop) =>
        loop.runUntilComplete(async () => {
          const start = loop.time();
          await sleep(0.01);
          return loop.time() - start;
        }),
      ),
    );
    for (const time of times) expect(time).toBeGreaterThanOrEqual(0.01);
    for (const loop of loops) loop.close();
  });

  test("keeps the flow of whoever wakes a loop out of its turns", async () => {
    const host = newPlatformHost();
    const [loop, other] = [new EventLoop(host), new EventLoop(host)];
    const owners: unknown[] = [];
    const noteOwner = { run: (): unknown => owners.push(currentFrame()?.owner) };
    const [byTimer, byLoop] = [loop.createFuture<void>(), loop.createFuture<void>()];
    for (const future of [byTimer, byLoop]) future.addWaiter(noteOwner);
    await Promise.all([
      other.runUntilComplete(async () => {
        await sleep(0.01);
        byLoop.setResult(); // not thread-safe in Python, but there are no threads here
      }),
      loop.runUntilComplete(async () => {
        setTimeout(() => byTimer.setResult(), 1);
        await byTimer;
        await byLoop;
      }),
    ]);
    expect(owners).toEqual([null, null]);
    for (const each of [loop, other]) each.close();
  });

  test("lets other callbacks of Node have their turn while the loop is busy", async () => {
    const loop = new EventLoop(newPlatformHost());
    let read = false;
    readFile(import.meta.filename, () => {
      read = true;
    });
    await loop.runUntilComplete(function* () {
      while (!read) yield* sleep(0);
    });
    loop.close();
  });
});

describe("a process", () => {
  const listeners = 'console.log(process.listenerCount("SIGINT"), process.listenerCount("beforeExit"));';

  test("ends when its loops are idle, cancelled timers notwithstanding, and leaves no listener", async () => {
    const program = `
      await run(async () => {
        const loop = getRunningLoop();
        const early = loop.callLater(3600, () => {});
        const task = createTask(sleep(3600));
        loop.callLater(0.01, () => { early.cancel(); task.cancel(); });
        await task.catch(() => {});
        loop.callLater(3600, () => {}); // the loop is closed before
      });
      const loop = newEventLoop();
      setEventLoop(loop);
      await loop.runUntilComplete(sleep(0.001));
      loop.callLater(3600, () => {}); // nobody runs the loop
      ${listeners}`;
    expect(await runNode(program)).toEqual({ status: 0, stdout: "0 0\n", stderr: "" });
  });

  test("is not held by a sleeping loop that a cancelled timer has left with nothing to wait for", async () => {
    const program = `
      const loop = newEventLoop();
      const timer = loop.callLater(3600, () => {});
      setTimeout(() => timer.cancel(), 20);
      await loop.runForever().catch((error) => console.log(error.name));
      ${listeners}`;
    expect(await runNode(program)).toEqual({ status: 0, stdout: "DeadlockError\n0 0\n", stderr: "" });
  });

  test("tells a loop that nothing can wake, one by one, since one may wake the other", async () => {
    const program = `
      const [stuck, saved] = [newEventLoop(), newEventLoop()];
      const rescue = saved.createFuture();
      stuck.runUntilComplete(new Future({ loop: stuck })).catch((error) => {
        console.log(error.name);
        rescue.setResult("rescued");
      });
      console.log(await saved.runUntilComplete(rescue));
      ${listeners}`;
    expect(await runNode(program)).toEqual({ status: 0, stdout: "DeadlockError\nrescued\n0 0\n", stderr: "" });
  });

  test("tells a loop again that goes on and has nothing to wait for again", async () => {
    const program = `
      const loop = newEventLoop();
      for (let i = 0; i < 3; i++) await loop.runForever().catch((error) => console.log(error.name));`;
    const stdout = "DeadlockError\n".repeat(3);
    expect(await runNode(program)).toEqual({ status: 0, stdout, stderr: "" });
  });

  test("may run many loops at once without a warning", async () => {
    const program = `
      const runs = Array.from({ length: 30 }, () => run(async () => { await sleep(0.02); return 1; }));
      console.log((await Promise.all(runs)).length);
      const stuck = Array.from({ length: 30 }, () => run(async () => await new Future()).catch((error) => error.name));
      console.log(...new Set(await Promise.all(stuck)));
      ${listeners}`;
    const stdout = "30\nDeadlockError\n0 0\n";
    expect(await runNode(program)).toEqual({ status: 0, stdout, stderr: "" });
  });
});
