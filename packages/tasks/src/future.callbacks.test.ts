import { ContextVar, copyContext } from "@asyncio-ts/contextvars";
import { ordered } from "@asyncio-ts/core/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { currentTask } from "./current-task.ts";
import { Future } from "./future.ts";
import { sleep } from "./sleep.ts";
import { awaited, collectReports, runVirtual, VirtualLoop } from "./testing/index.ts";

/** Run the loop for one turn. */
async function oneTurn(loop: VirtualLoop): Promise<void> {
  loop.stop();
  await loop.runForever();
}

describe("Future.addDoneCallback()", () => {
  test("[28] callbacks are never called synchronously, and keep their order", async () => {
    const loop = new VirtualLoop();
    const future = new Future<string>({ loop });
    const order = ordered();
    future.addDoneCallback(() => order.step(3));
    future.addDoneCallback(() => order.step(4));
    order.step(1);
    future.setResult("foo");
    future.addDoneCallback(() => order.finish(5));
    order.step(2);
    await oneTurn(loop);
    expect(() => order.step(6)).toThrow("after the last one");
  });

  test("[28] a callback gets the future, whatever its outcome", async () => {
    for (const settle of [
      (future: Future<number>) => future.setResult(1),
      (future: Future<number>) => future.setException(new Error("read below")),
      (future: Future<number>) => future.cancel(),
    ]) {
      const loop = new VirtualLoop();
      const future = new Future<number>({ loop });
      const got: unknown[] = [];
      future.addDoneCallback((...args) => void got.push(...args));
      settle(future);
      future.failure();
      await oneTurn(loop);
      expect(got).toHaveLength(1);
      expect(got[0]).toBe(future);
    }
  });

  test("a callback that was added twice is called twice", async () => {
    const loop = new VirtualLoop();
    const future = new Future<void>({ loop });
    let calls = 0;
    const count = () => void calls++;
    future.addDoneCallback(count);
    future.addDoneCallback(count);
    future.setResult();
    await oneTurn(loop);
    expect(calls).toBe(2);
  });

  test("a callback that throws is reported, and the others are called", async () => {
    const loop = new VirtualLoop();
    const reports = collectReports(loop);
    const future = new Future<void>({ loop });
    let called = false;
    const error = new Error("in the callback");
    future.addDoneCallback(function broken() {
      throw error;
    });
    future.addDoneCallback(() => {
      called = true;
    });
    future.setResult();
    await oneTurn(loop);
    expect(called).toBe(true);
    expect(reports).toMatchObject([{ message: "Exception in callback broken()", exception: error }]);
  });

  test("addDoneCallback() while the callbacks are queued waits for its own turn", async () => {
    const loop = new VirtualLoop();
    const future = new Future<void>({ loop });
    const turns: number[] = [];
    future.addDoneCallback(() => {
      turns.push(loop.statistics().turns);
      future.addDoneCallback(() => {
        turns.push(loop.statistics().turns);
        loop.stop();
      });
    });
    future.setResult();
    await loop.runForever();
    expect(turns).toEqual([1, 2]);
  });

  test("addDoneCallback() runs in a copy of the context, or in the one that is given", async () => {
    const variable = new ContextVar("variable", { default: "root" });
    await runVirtual(function* () {
      const future = new Future<void>();
      const seen: string[] = [];
      const given = copyContext();
      given.run(() => variable.set("given"));
      variable.set("when added");
      future.addDoneCallback(() => {
        seen.push(variable.get());
        variable.set("in the callback");
      });
      future.addDoneCallback(
        () => {
          seen.push(variable.get());
          variable.set("written to the given one");
        },
        { context: given },
      );
      variable.set("later");
      future.setResult();
      yield* sleep(0);
      expect(seen).toEqual(["when added", "given"]);
      expect([variable.get(), given.get(variable)]).toEqual(["later", "written to the given one"]);
    });
  });

  eachEngine("a callback is in no task", function* () {
    const future = new Future<void>();
    const tasks: unknown[] = [];
    future.addDoneCallback(() => tasks.push(currentTask()));
    future.setResult();
    yield* awaited(future);
    yield* awaited(sleep(0));
    expect(tasks).toEqual([null]);
  });
});

describe("Future.removeDoneCallback()", () => {
  function withCallbacks(): { loop: VirtualLoop; future: Future<string>; bag: number[]; callbacks: (() => void)[] } {
    const loop = new VirtualLoop();
    const bag: number[] = [];
    const callbacks = [0, 1, 2].map((number) => () => void bag.push(number));
    return { loop, future: new Future<string>({ loop }), bag, callbacks };
  }

  for (const [removed, left] of [
    [[0], [1, 2]],
    [[2], [0, 1]],
    [[0, 1], [2]],
    [[0, 1, 2], []],
  ] as const) {
    test(`[28] removeDoneCallback() of ${removed.join(" and ")} out of three leaves the others`, async () => {
      const { loop, future, bag, callbacks } = withCallbacks();
      for (const callback of callbacks) future.addDoneCallback(callback);
      for (const number of removed) {
        expect(future.removeDoneCallback(callbacks[number] as () => void)).toBe(1);
        expect(future.removeDoneCallback(callbacks[number] as () => void)).toBe(0);
      }
      future.setResult("foo");
      await oneTurn(loop);
      expect(bag).toEqual(left);
    });
  }

  test("[28] removeDoneCallback() removes all copies, and tells how many", async () => {
    const { loop, future, bag, callbacks } = withCallbacks();
    const [one, two, never] = callbacks as [() => void, () => void, () => void];
    future.addDoneCallback(one);
    future.addDoneCallback(two);
    expect(future.removeDoneCallback(two)).toBe(1);
    expect(future.removeDoneCallback(never)).toBe(0);
    future.addDoneCallback(two);
    for (let i = 0; i < 5; i++) future.addDoneCallback(one);
    expect(future.removeDoneCallback(one)).toBe(6);
    future.setResult("foo");
    await oneTurn(loop);
    expect(bag).toEqual([1]);
  });

  test("[28] removeDoneCallback() does not reach callbacks that are queued already", async () => {
    const { loop, future, bag, callbacks } = withCallbacks();
    future.addDoneCallback(callbacks[0] as () => void);
    future.setResult("foo");
    expect(future.removeDoneCallback(callbacks[0] as () => void)).toBe(0);
    await oneTurn(loop);
    expect(bag).toEqual([0]);
  });

  test("[29] removeDoneCallback() and addDoneCallback() inside a callback change nothing for the others", async () => {
    const { loop, future, bag, callbacks } = withCallbacks();
    const [one, two, three] = callbacks as [() => void, () => void, () => void];
    future.addDoneCallback(() => {
      expect(future.removeDoneCallback(one)).toBe(0);
      future.addDoneCallback(three);
    });
    future.addDoneCallback(one);
    future.addDoneCallback(two);
    future.setResult("foo");
    await oneTurn(loop);
    expect(bag).toEqual([0, 1]);
    await oneTurn(loop);
    expect(bag).toEqual([0, 1, 2]);
  });

  eachEngine("removeDoneCallback() leaves the tasks that wait", function* () {
    const future = new Future<number>();
    const callback = (): void => {};
    future.addDoneCallback(callback);
    future.loop.callSoon(() => {
      future.removeDoneCallback(callback);
      future.setResult(1);
    });
    expect(yield* awaited(future)).toBe(1);
  });
});

describe("Future.addWaiter()", () => {
  test("addWaiter() queues the waiter when the future is done, removeWaiter() takes it back", async () => {
    const loop = new VirtualLoop();
    const bag: string[] = [];
    const waiter = (name: string) => ({ run: () => void bag.push(name) });
    const [kept, removed, late] = [waiter("kept"), waiter("removed"), waiter("late")];
    for (const before of [[], [kept], [kept, kept]]) {
      const future = new Future<void>({ loop });
      for (const each of before) future.addWaiter(each);
      future.addWaiter(removed);
      future.removeWaiter(removed);
      future.removeWaiter(late);
      future.setResult();
      future.addWaiter(late);
      await oneTurn(loop);
      expect(bag.splice(0)).toEqual([...before.map(() => "kept"), "late"]);
    }
  });

  test("removeWaiter() is quick when many wait: 50,000 give up one after another", () => {
    const future = new Future<void>({ loop: new VirtualLoop() });
    const waiters = Array.from({ length: 50_000 }, () => ({ run(): void {} }));
    for (const waiter of waiters) future.addWaiter(waiter);
    const began = performance.now();
    for (const waiter of waiters) future.removeWaiter(waiter);
    expect(performance.now() - began).toBeLessThan(20_000); // copying what is left each time takes minutes
  }, 30_000);

  test("a future of a closed loop can still be settled; its callbacks are never called", () => {
    const loop = new VirtualLoop();
    const future = new Future<number>({ loop });
    let called = false;
    future.addDoneCallback(() => {
      called = true;
    });
    loop.close();
    future.setResult(1);
    expect([future.result(), called]).toEqual([1, false]);
  });
});
