import { getEventListeners } from "node:events";
import { RuntimeError } from "@asyncio-ts/contextvars";
import { CancelledError, coroutine, createTask, sleep, TimeoutError } from "@asyncio-ts/tasks";
import { awaited, failureOf, liveTimers, type MakeBody, runVirtual, turnsOf } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { turn } from "../test/turn.ts";
import { Condition } from "./condition.ts";
import { Lock } from "./lock.ts";

/** Each of `names` takes the lock in a task of its own, waits, notes how that ended, and keeps the lock. */
function queueUp(body: MakeBody, condition: Condition, names: readonly string[], log: string[]) {
  return names.map((name) =>
    createTask(
      body(function* () {
        yield* awaited(condition.acquire());
        expect(yield* awaited(condition.wait())).toBe(true);
        log.push(name);
      }),
    ),
  );
}

/** A stock that consumers take one item from, each of them as often as it can; a negative stock sends them home. */
function makeStock(body: MakeBody) {
  const stock = { items: 0, condition: new Condition() };
  const { condition } = stock;
  const consume = () =>
    createTask(
      body(function* () {
        yield* awaited(condition.acquire());
        try {
          while (true) {
            yield* awaited(condition.waitFor(() => stock.items !== 0));
            if (stock.items < 0) return;
            stock.items--;
          }
        } finally {
          condition.release();
        }
      }),
    );
  return { stock, condition, consume };
}

describe("[89] Condition", () => {
  eachEngine("one that is cancelled when it was notified passes the notification on", function* ({ body }) {
    const { stock, condition, consume } = makeStock(body);
    const [a, b] = [consume(), consume()];
    yield* turn();
    yield* awaited(condition.acquire());
    stock.items++;
    condition.notify();
    a.cancel();
    condition.release();
    yield* turn(3);
    expect([a.cancelled(), stock.items]).toEqual([true, 0]);
    yield* awaited(condition.acquire());
    stock.items = -1;
    condition.notifyAll();
    condition.release();
    yield* awaited(b);
  });

  eachEngine("one that is cancelled while it waits for the lock passes the notification on", function* ({ body }) {
    const { stock, condition, consume } = makeStock(body);
    const [a, b] = [consume(), consume()];
    yield* turn();
    yield* awaited(condition.acquire());
    stock.items++;
    condition.notify();
    yield* turn();
    a.cancel();
    condition.release();
    yield* turn(3);
    expect([a.cancelled(), stock.items]).toEqual([true, 0]);
    yield* awaited(condition.acquire());
    stock.items = -1;
    condition.notifyAll();
    condition.release();
    yield* awaited(b);
  });

  eachEngine("a cancelled wait() holds the lock when it throws", function* () {
    const condition = new Condition();
    yield* awaited(condition.acquire());
    const task = createTask(condition.wait());
    yield* turn();
    expect(condition.locked()).toBe(false);
    task.cancel();
    expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
    expect([condition.locked(), condition.statistics().waiting]).toEqual([true, 0]);
  });

  eachEngine(
    "a wait() that is cancelled in the turn of its notification holds the lock when it throws",
    function* ({ loop }) {
      const condition = new Condition();
      yield* awaited(condition.acquire());
      const task = createTask(condition.wait());
      yield* turn();
      yield* awaited(condition.acquire());
      condition.notify();
      loop.callSoon(() => task.cancel());
      loop.callSoon(() => condition.release());
      expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
      expect(condition.locked()).toBe(true);
    },
  );

  eachEngine("a cancellation is delivered once the lock is held again", function* ({ body }) {
    const condition = new Condition();
    const task = createTask(condition.with(body(() => awaited(condition.wait()))));
    yield* turn();
    yield* awaited(condition.acquire());
    condition.notify();
    yield* turn();
    task.cancel();
    yield* turn(3);
    expect(task.done()).toBe(false);
    condition.release();
    yield* turn();
    expect([task.cancelled(), condition.locked()]).toEqual([true, false]);
  });

  eachEngine("the very error that wait() throws is the one that ends the task", function* ({ body }) {
    for (const cancelWhile of ["waiting", "taking the lock"]) {
      const condition = new Condition();
      let thrown: unknown;
      const waiting = body(function* () {
        yield* awaited(condition.acquire());
        try {
          thrown = yield* failureOf(condition.waitFor(() => false));
          throw thrown;
        } finally {
          condition.release();
        }
      });
      const task = createTask(waiting);
      yield* turn();
      if (cancelWhile === "taking the lock") {
        yield* awaited(condition.acquire());
        condition.notify();
        yield* turn();
      }
      task.cancel("why");
      if (cancelWhile === "taking the lock") condition.release();
      const failure = yield* failureOf(task);
      expect(failure).toEqual(new CancelledError("why"));
      expect(failure).toBe(thrown);
    }
  });

  eachEngine("cancellations while it takes the lock are swallowed, and the last one is thrown", function* () {
    const condition = new Condition();
    yield* awaited(condition.acquire());
    const task = createTask(condition.wait());
    yield* turn();
    yield* awaited(condition.acquire());
    for (const message of ["first", "second", "third"]) {
      task.cancel(message);
      yield* turn(2);
      expect([task.done(), condition.lock.statistics().waiting]).toEqual([false, 1]);
    }
    condition.release();
    yield* turn();
    expect([task.cancelling(), condition.locked()]).toEqual([3, true]);
    expect(yield* failureOf(task)).toEqual(new CancelledError("third"));
  });

  eachEngine(
    "as in CPython, a cancelled one notifies another even if it was not notified itself",
    function* ({ body }) {
      const condition = new Condition();
      const log: string[] = [];
      const [a] = queueUp(body, condition, ["a", "b"], log);
      yield* turn();
      a?.cancel();
      yield* turn(2);
      condition.release();
      yield* turn();
      expect([a?.cancelled(), log]).toEqual([true, ["b"]]);
    },
  );
});

describe("Condition", () => {
  eachEngine("notify() wakes so many, each of which goes on once it has the lock", function* ({ body }) {
    const condition = new Condition();
    const log: string[] = [];
    queueUp(body, condition, ["a", "b", "c"], log);
    yield* turn();
    expect([condition.locked(), condition.statistics().waiting]).toEqual([false, 3]);
    yield* awaited(condition.acquire());
    condition.notify();
    yield* turn();
    expect([log, condition.statistics()]).toEqual([[], { waiting: 2, lock: { locked: true, waiting: 1 } }]);
    condition.release();
    yield* turn();
    expect([log, condition.locked()]).toEqual([["a"], true]);
    condition.notify(2);
    yield* turn();
    expect(log).toEqual(["a"]);
    condition.release();
    yield* turn();
    expect(log).toEqual(["a", "b"]);
    condition.release();
    yield* turn();
    expect([log, condition.locked()]).toEqual([["a", "b", "c"], true]);
  });

  eachEngine("notify() passes over those who were notified; of more than wait, it wakes all", function* ({ body }) {
    const condition = new Condition();
    const log: string[] = [];
    queueUp(body, condition, ["a", "b", "c", "d"], log);
    yield* turn();
    yield* awaited(condition.acquire());
    condition.notify(0);
    expect(condition.statistics().waiting).toBe(4);
    condition.notify(1);
    condition.notify(1);
    expect(condition.statistics().waiting).toBe(2);
    condition.notify(2048);
    expect(condition.statistics().waiting).toBe(0);
    for (let n = 0; n < 4; n++) {
      condition.release();
      yield* turn(2);
    }
    expect(log).toEqual(["a", "b", "c", "d"]);
  });

  eachEngine("notifyAll() wakes all", function* ({ body }) {
    const condition = new Condition();
    const log: string[] = [];
    queueUp(body, condition, ["a", "b"], log);
    yield* turn();
    yield* awaited(
      condition.with(
        body(function* () {
          condition.notifyAll();
        }),
      ),
    );
    yield* turn(2);
    condition.release();
    yield* turn();
    expect(log).toEqual(["a", "b"]);
  });

  eachEngine("waitFor() asks again after each notification, and answers what the predicate does", function* ({ body }) {
    const condition = new Condition();
    let answer: string | undefined;
    let asked = 0;
    const predicate = () => {
      asked++;
      expect(condition.locked()).toBe(true);
      return answer;
    };
    const task = createTask(condition.with(body(() => awaited(condition.waitFor(predicate)))));
    yield* turn();
    const change = (to: string | undefined) =>
      condition.with(
        body(function* () {
          answer = to;
          condition.notify();
        }),
      );
    yield* awaited(change(undefined));
    yield* turn();
    expect([asked, task.done()]).toEqual([2, false]);
    yield* awaited(change("there"));
    expect([yield* awaited(task), asked, condition.locked()]).toEqual(["there", 3, false]);
  });

  eachEngine("waitFor() needs no lock, and takes no turn, if the predicate holds", function* ({ loop }) {
    const condition = new Condition();
    const turns = yield* turnsOf(
      loop,
      (function* () {
        expect(yield* awaited(condition.waitFor(() => [1, 2, 3]))).toEqual([1, 2, 3]);
      })(),
    );
    expect(turns).toBe(0);
  });

  eachEngine("waitFor() throws what the predicate throws, and holds the lock", function* ({ body }) {
    const condition = new Condition();
    const error = new Error("boom");
    let asked = 0;
    const predicate = () => {
      if (asked++ > 0) throw error;
      return false;
    };
    yield* awaited(condition.acquire());
    const task = createTask(condition.waitFor(predicate));
    yield* turn();
    yield* awaited(
      condition.with(
        body(function* () {
          condition.notify();
        }),
      ),
    );
    expect(yield* failureOf(task)).toBe(error);
    expect(condition.locked()).toBe(true);
  });

  eachEngine("waitFor() refuses a predicate that answers a promise, which would always count as true", function* () {
    const condition = new Condition();
    const message = "waitFor() needs a predicate that answers at once, not with";
    const promised = condition.waitFor(async () => false);
    expect(yield* failureOf(promised)).toEqual(new TypeError(`${message} [object Promise]`));
    const lazy = coroutine(async function isReady() {});
    const made = lazy();
    expect(yield* failureOf(condition.waitFor(() => made))).toEqual(new TypeError(`${message} <Coroutine isReady()>`));
    made.close();
  });

  eachEngine("wait() ends at its limits, with the lock held", function* ({ loop }) {
    const condition = new Condition();
    yield* awaited(condition.acquire());
    expect(yield* failureOf(condition.wait({ timeout: 2 }))).toEqual(new TimeoutError("wait() timed out after 2 s"));
    expect([loop.time(), condition.locked()]).toEqual([2, true]);
    const controller = new AbortController();
    const { signal } = controller;
    loop.callLater(1, () => controller.abort("enough"));
    expect(yield* failureOf(condition.wait({ signal, timeout: 9 }))).toBe("enough");
    expect([loop.time(), condition.locked()]).toEqual([3, true]);
    expect([liveTimers(loop), getEventListeners(signal, "abort")]).toEqual([0, []]);
    expect(condition.statistics()).toEqual({ waiting: 0, lock: { locked: true, waiting: 0 } });
  });

  eachEngine("wait() with a signal that was aborted does not let go of the lock", function* () {
    const condition = new Condition();
    yield* awaited(condition.acquire());
    const other = createTask(condition.acquire());
    yield* turn();
    expect(yield* failureOf(condition.wait({ signal: AbortSignal.abort("before") }))).toBe("before");
    yield* turn();
    expect([condition.locked(), other.done()]).toEqual([true, false]);
    condition.release();
    yield* awaited(other);
  });

  eachEngine("wait() that has timed out throws once the lock is free", function* ({ loop, body }) {
    const condition = new Condition();
    const task = createTask(condition.with(body(() => awaited(condition.wait({ timeout: 1 })))));
    yield* turn();
    yield* awaited(condition.with(() => sleep(5)));
    expect(task.done()).toBe(false);
    expect(yield* failureOf(task)).toBeInstanceOf(TimeoutError);
    expect([loop.time(), condition.locked()]).toEqual([5, false]);
  });

  eachEngine("wait() that has timed out notifies nobody; it was not notified itself", function* ({ body }) {
    const condition = new Condition();
    const log: string[] = [];
    yield* awaited(condition.acquire());
    const impatient = createTask(condition.with(body(() => awaited(condition.wait({ timeout: 1 })))));
    queueUp(body, condition, ["patient"], log);
    yield* turn();
    condition.release();
    expect(yield* failureOf(impatient)).toBeInstanceOf(TimeoutError);
    yield* turn(2);
    expect([log, condition.statistics().waiting]).toEqual([[], 1]);
    yield* awaited(condition.acquire());
    condition.notify();
    condition.release();
    yield* turn();
    expect(log).toEqual(["patient"]);
  });

  eachEngine("the timeout of waitFor() is for the whole of it", function* ({ loop, body }) {
    const condition = new Condition();
    const knocking = createTask(
      body(function* () {
        while (true) {
          yield* awaited(sleep(1));
          yield* awaited(
            condition.with(
              body(function* () {
                condition.notify();
              }),
            ),
          );
        }
      }),
    );
    yield* awaited(condition.acquire());
    const failure = yield* failureOf(condition.waitFor(() => false, { timeout: 2.5 }));
    expect(failure).toEqual(new TimeoutError("waitFor() timed out after 2.5 s"));
    expect([loop.time(), condition.locked()]).toEqual([2.5, true]);
    condition.release();
    knocking.cancel();
    yield* failureOf(knocking);
  });

  eachEngine("waitFor() with a signal that was aborted does not ask", function* () {
    const condition = new Condition();
    const signal = AbortSignal.abort("before");
    expect(yield* failureOf(condition.waitFor(() => true, { signal }))).toBe("before");
  });

  eachEngine("what needs the lock says so", function* () {
    const condition = new Condition();
    const error = (action: string) => new RuntimeError(`Cannot ${action} a condition whose lock is not acquired`);
    expect(yield* failureOf(condition.wait())).toEqual(error("wait on"));
    expect(yield* failureOf(condition.waitFor(() => false))).toEqual(error("wait on"));
    expect(() => condition.notify()).toThrow(error("notify"));
    expect(() => condition.notifyAll()).toThrow(error("notify"));
    expect(() => condition.release()).toThrow(RuntimeError);
    expect(condition.statistics().waiting).toBe(0);
  });

  eachEngine("gives the lock back, after a wait, to the token that held it before", function* ({ body }) {
    const condition = new Condition();
    const wait = () =>
      createTask(
        body(function* () {
          using _ = yield* awaited(condition.acquire());
          yield* awaited(condition.wait());
          expect(condition.locked()).toBe(true);
        }),
      );
    const [notified, cancelled] = [wait(), wait()];
    yield* turn();
    yield* awaited(condition.acquire());
    condition.notify();
    cancelled.cancel();
    condition.release();
    yield* awaited(notified);
    yield* turn(2);
    expect([cancelled.cancelled(), condition.locked()]).toEqual([true, false]);
  });

  eachEngine("shares a lock, with others as well", function* ({ loop }) {
    const lock = new Lock();
    const [filled, emptied] = [new Condition(lock), new Condition(lock)];
    expect([filled.lock, emptied.lock]).toEqual([lock, lock]);
    const turns = yield* turnsOf(
      loop,
      (function* () {
        using _ = yield* awaited(filled.acquire());
        expect([lock.locked(), emptied.locked(), emptied.tryAcquire()]).toEqual([true, true, null]);
      })(),
    );
    expect([turns, lock.locked()]).toEqual([0, false]);
    const token = emptied.tryAcquire();
    expect(filled.locked()).toBe(true);
    token?.release();
  });

  test("belongs to the loop of the first that had to wait, and does not let go of the lock in another", async () => {
    const condition = new Condition();
    await runVirtual(async () => {
      await condition.acquire();
      await expect(condition.wait({ timeout: 1 })).rejects.toThrow(TimeoutError);
    });
    await expect(runVirtual(() => condition.wait())).rejects.toEqual(
      new RuntimeError("<Condition locked> is bound to a different event loop"),
    );
    expect(condition.locked()).toBe(true);
  });

  test("refuses bad arguments at the call", () => {
    expect(() => new Condition({} as never)).toThrow(TypeError);
    expect(() => new Condition(null as never)).toThrow(new TypeError("Condition() needs a Lock, not null"));
    const condition = new Condition();
    expect(() => condition.waitFor(true as never)).toThrow(new TypeError("waitFor() needs a function, not true"));
    expect(() => condition.waitFor(() => true, { timeout: Number.NaN })).toThrow(RangeError);
    expect(() => condition.wait({ timeout: Number.NaN })).toThrow(RangeError);
    expect(() => condition.with(1 as never)).toThrow(TypeError);
    condition.tryAcquire();
    for (const n of [-1, 0.5, Number.NaN]) {
      expect(() => condition.notify(n)).toThrow(
        new RangeError(`notify() needs a whole number of at least 0 as n, not ${n}`),
      );
    }
  });

  eachEngine("shows itself", function* ({ body }) {
    const condition = new Condition();
    expect(String(condition)).toBe("<Condition unlocked>");
    const [task] = queueUp(body, condition, ["a"], []);
    yield* turn();
    expect(String(condition)).toBe("<Condition unlocked waiting=1>");
    yield* awaited(condition.acquire());
    expect(String(condition)).toBe("<Condition locked waiting=1>");
    condition.notifyAll();
    condition.release();
    yield* awaited(task as PromiseLike<void>);
  });
});
