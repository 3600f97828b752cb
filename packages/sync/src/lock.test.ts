import { getEventListeners } from "node:events";
import { RuntimeError } from "@asyncio-ts/contextvars";
import { CancelledError, createTask, Future, sleep, TimeoutError } from "@asyncio-ts/tasks";
import { awaited, failureOf, liveTimers, type MakeBody, runVirtual, turnsOf } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { turn } from "../test/turn.ts";
import { Lock } from "./lock.ts";

/** Each of `names` takes the lock in a task of its own, notes that, and keeps it. */
function queueUp(body: MakeBody, lock: Lock, names: readonly string[], log: string[]) {
  return names.map((name) =>
    createTask(
      body(function* () {
        yield* awaited(lock.acquire());
        log.push(name);
      }),
    ),
  );
}

describe("[87] Lock", () => {
  eachEngine("acquire() waits for release(), first come first served", function* ({ body }) {
    const lock = new Lock();
    const log: string[] = [];
    yield* awaited(lock.acquire());
    const enter = (name: string) =>
      createTask(
        body(function* () {
          yield* awaited(lock.acquire());
          log.push(name);
        }),
      );
    enter("a");
    enter("b");
    yield* turn();
    expect(log).toEqual([]);
    lock.release();
    yield* turn();
    expect(log).toEqual(["a"]);
    yield* turn();
    expect(log).toEqual(["a"]);
    const late = enter("c");
    lock.release();
    yield* turn();
    expect(log).toEqual(["a", "b"]);
    lock.release();
    yield* turn();
    expect([log, late.done()]).toEqual([["a", "b", "c"], true]);
  });

  eachEngine(
    "a released lock is free until the next one resumes, and newcomers stand behind that",
    function* ({ body }) {
      const lock = new Lock();
      const log: string[] = [];
      yield* awaited(lock.acquire());
      queueUp(body, lock, ["a"], log);
      yield* turn();
      lock.release();
      expect([lock.locked(), lock.tryAcquire()]).toEqual([false, null]);
      yield* awaited(sleep(0));
      expect([lock.locked(), log]).toEqual([true, ["a"]]);
    },
  );

  eachEngine("a cancelled acquire() leaves the line", function* () {
    const lock = new Lock();
    yield* awaited(lock.acquire());
    const task = createTask(lock.acquire());
    yield* turn();
    expect(lock.statistics()).toEqual({ locked: true, waiting: 1 });
    task.cancel("enough");
    expect(lock.statistics()).toEqual({ locked: true, waiting: 0 });
    expect(yield* failureOf(task)).toEqual(new CancelledError("enough"));
    lock.release();
    expect(lock.tryAcquire()).not.toBeNull();
  });

  eachEngine("a cancel and a release() in one turn: the next one gets it", function* ({ body }) {
    const lock = new Lock();
    const blocker = new Future<void>();
    const hold = (until: Future<void> | null) =>
      createTask(
        body(function* () {
          yield* awaited(lock.acquire());
          try {
            if (until !== null) yield* awaited(until);
          } finally {
            lock.release();
          }
        }),
      );
    const a = hold(blocker);
    yield* turn();
    const b = hold(null);
    yield* turn();
    const c = hold(null);
    yield* turn();
    blocker.setResult();
    b.cancel();
    yield* turn();
    expect([lock.locked(), a.done(), b.cancelled()]).toEqual([false, true, true]);
    yield* awaited(c);
  });

  eachEngine("a cancel before a release() in one callback: exactly one gets it", function* ({ loop, body }) {
    const lock = new Lock();
    const log: string[] = [];
    yield* awaited(lock.acquire());
    const [a, b, c] = queueUp(body, lock, ["a", "b", "c"], log);
    yield* turn();
    loop.callSoon(() => {
      a?.cancel();
      lock.release();
    });
    expect(yield* failureOf(a as Future<void>)).toBeInstanceOf(CancelledError);
    expect([log, b?.done(), c?.done()]).toEqual([["b"], true, false]);
    c?.cancel();
    yield* turn();
  });

  eachEngine("one that is cancelled when its turn had come wakes the next", function* ({ body }) {
    const lock = new Lock();
    const log: string[] = [];
    yield* awaited(lock.acquire());
    const [a, b] = queueUp(body, lock, ["a", "b"], log);
    yield* turn();
    lock.release();
    a?.cancel();
    yield* turn(2);
    expect([a?.cancelled(), b?.done(), log, lock.locked()]).toEqual([true, true, ["b"], true]);
  });

  eachEngine("one that is cancelled while another has the lock wakes nobody", function* ({ body }) {
    const lock = new Lock();
    const log: string[] = [];
    yield* awaited(lock.acquire());
    const [a] = queueUp(body, lock, ["a", "b"], log);
    yield* turn();
    a?.cancel();
    yield* turn(3);
    expect([log, lock.statistics()]).toEqual([[], { locked: true, waiting: 1 }]);
    lock.release();
    yield* turn();
    expect(log).toEqual(["b"]);
  });

  eachEngine("newcomers may pass those who were cancelled and have not resumed yet", function* ({ body }) {
    const lock = new Lock();
    yield* awaited(lock.acquire());
    const [a] = queueUp(body, lock, ["a"], []);
    yield* turn();
    a?.cancel();
    lock.release();
    expect(lock.tryAcquire()).not.toBeNull();
    yield* turn(2);
    expect(lock.locked()).toBe(true);
  });
});

describe("Lock", () => {
  eachEngine("acquire(), release() and with() take no turn if the lock is free", function* ({ loop, body }) {
    const lock = new Lock();
    const turns = yield* turnsOf(
      loop,
      (function* () {
        yield* awaited(lock.acquire());
        lock.release();
        yield* awaited(lock.with(body(function* () {})));
        lock.tryAcquire()?.release();
      })(),
    );
    expect([turns, lock.locked()]).toEqual([0, false]);
  });

  eachEngine("acquire() is attempted when it is awaited", function* () {
    const lock = new Lock();
    const acquiring = lock.acquire();
    expect(lock.locked()).toBe(false);
    yield* awaited(acquiring);
    expect(lock.locked()).toBe(true);
  });

  eachEngine("acquire() gives up after its timeout", function* ({ loop }) {
    const lock = new Lock();
    yield* awaited(lock.acquire());
    expect(yield* failureOf(lock.acquire({ timeout: 3 }))).toEqual(new TimeoutError("acquire() timed out after 3 s"));
    expect([loop.time(), lock.statistics()]).toEqual([3, { locked: true, waiting: 0 }]);
    lock.release();
    yield* awaited(lock.acquire({ timeout: 0 }));
    expect(liveTimers(loop)).toBe(0);
  });

  eachEngine("acquire() gives up when its signal is aborted, with its reason", function* ({ loop }) {
    const lock = new Lock();
    yield* awaited(lock.acquire());
    const controller = new AbortController();
    const { signal } = controller;
    const reason = new Error("no longer needed");
    loop.callLater(2, () => controller.abort(reason));
    expect(yield* failureOf(lock.acquire({ signal, timeout: 5 }))).toBe(reason);
    expect([loop.time(), lock.statistics().waiting, liveTimers(loop)]).toEqual([2, 0, 0]);
    expect(getEventListeners(signal, "abort")).toEqual([]);
    lock.release();
    expect(yield* failureOf(lock.acquire({ signal }))).toBe(reason); // aborted before: not even if the lock is free
    expect(yield* failureOf(lock.with(function* () {}, { signal }))).toBe(reason);
    expect(lock.locked()).toBe(false);
  });

  eachEngine("acquire() within limits leaves no timer and no listener", function* ({ loop }) {
    const lock = new Lock();
    yield* awaited(lock.acquire());
    const { signal } = new AbortController();
    loop.callLater(1, () => lock.release());
    yield* awaited(lock.acquire({ timeout: 5, signal }));
    expect([loop.time(), liveTimers(loop), getEventListeners(signal, "abort")]).toEqual([1, 0, []]);
  });

  eachEngine("a timeout and a release() in one turn: the lock is not lost", function* ({ loop, body }) {
    const lock = new Lock();
    const log: string[] = [];
    yield* awaited(lock.acquire());
    const a = createTask(lock.acquire({ timeout: 1 }));
    queueUp(body, lock, ["b"], log);
    yield* turn();
    loop.callLater(1, () => lock.release()); // in the turn of the timeout, and after it
    const failure = yield* failureOf(a);
    yield* turn(2);
    expect([failure, log]).toEqual([new TimeoutError("acquire() timed out after 1 s"), ["b"]]);
  });

  eachEngine("a token releases the lock once, and only its own hold", function* () {
    const lock = new Lock();
    {
      using _ = yield* awaited(lock.acquire());
      expect(lock.locked()).toBe(true);
    }
    expect(lock.locked()).toBe(false);
    const first = yield* awaited(lock.acquire());
    first.release();
    const second = yield* awaited(lock.acquire());
    first.release();
    first[Symbol.dispose]();
    expect(lock.locked()).toBe(true);
    lock.release();
    second.release();
    expect(lock.locked()).toBe(false);
  });

  eachEngine("with() answers what the body returns, and releases the lock when it throws", function* ({ body }) {
    const lock = new Lock();
    const error = new Error("boom");
    const returning = body(function* () {
      yield* turn();
      return lock.locked();
    });
    expect(yield* awaited(lock.with(returning))).toBe(true);
    const throwing = body(function* () {
      yield* turn();
      throw error;
    });
    expect(yield* failureOf(lock.with(throwing))).toBe(error);
    expect(lock.locked()).toBe(false);
  });

  eachEngine("with() fails if the body has released the lock", function* ({ body }) {
    const lock = new Lock();
    const releasing = body(function* () {
      lock.release();
    });
    expect(yield* failureOf(lock.with(releasing))).toEqual(
      new RuntimeError("Cannot release a lock that is not acquired"),
    );
  });

  eachEngine("with() gives up at its limits, and does not call the body", function* ({ loop, body }) {
    const lock = new Lock();
    yield* awaited(lock.acquire());
    let called = false;
    const calling = body(function* () {
      called = true;
    });
    const failure = yield* failureOf(lock.with(calling, { timeout: 2 }));
    expect(failure).toEqual(new TimeoutError("with() timed out after 2 s"));
    expect([loop.time(), called, lock.statistics()]).toEqual([2, false, { locked: true, waiting: 0 }]);
  });

  eachEngine("with() that is cancelled while it waits does not call the body", function* ({ body }) {
    const lock = new Lock();
    yield* awaited(lock.acquire());
    let called = false;
    const task = createTask(
      lock.with(
        body(function* () {
          called = true;
        }),
      ),
    );
    yield* turn();
    task.cancel();
    expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
    expect([called, lock.locked(), lock.statistics().waiting]).toEqual([false, true, 0]);
  });

  test("tryAcquire() and release() need no loop", () => {
    const lock = new Lock();
    expect(lock.tryAcquire()).not.toBeNull();
    expect(lock.tryAcquire()).toBeNull();
    lock.release();
    expect(() => lock.release()).toThrow(new RuntimeError("Cannot release a lock that is not acquired"));
  });

  test("belongs to the loop of the first that had to wait", async () => {
    const lock = new Lock();
    await runVirtual(async () => {
      await lock.acquire();
      await expect(lock.acquire({ timeout: 1 })).rejects.toThrow(TimeoutError);
    });
    await expect(runVirtual(() => lock.acquire())).rejects.toEqual(
      new RuntimeError("<Lock locked> is bound to a different event loop"),
    );
    lock.release();
    await runVirtual(() => lock.acquire()); // need not wait
  });

  test("refuses bad arguments at the call", () => {
    const lock = new Lock();
    expect(() => lock.acquire({ timeout: Number.NaN })).toThrow(new RangeError("acquire() cannot use NaN as timeout"));
    expect(() => lock.acquire(5 as never)).toThrow(new TypeError("acquire() needs an object of options, not 5"));
    expect(() => lock.with(5 as never)).toThrow(new TypeError("with() needs a function, not 5"));
    expect(() => lock.with(async () => {}, { signal: 1 as never })).toThrow(
      new TypeError("with() needs an AbortSignal as signal, not 1"),
    );
  });

  eachEngine("shows itself", function* ({ body }) {
    const lock = new Lock();
    expect(String(lock)).toBe("<Lock unlocked>");
    yield* awaited(lock.acquire());
    expect(String(lock)).toBe("<Lock locked>");
    const [task] = queueUp(body, lock, ["a"], []);
    yield* turn();
    expect(String(lock)).toBe("<Lock locked waiting=1>");
    task?.cancel();
    yield* turn();
  });
});
