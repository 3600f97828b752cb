import { getEventListeners } from "node:events";
import { RuntimeError } from "@asyncio-ts/contextvars";
import { CancelledError, createTask, sleep, TimeoutError } from "@asyncio-ts/tasks";
import { awaited, failureOf, liveTimers, type MakeBody, runVirtual, turnsOf } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { turn } from "../test/turn.ts";
import { BoundedSemaphore, Semaphore } from "./semaphore.ts";

/** Each of `names` takes a permit in a task of its own, notes that, and keeps it. */
function queueUp(body: MakeBody, semaphore: Semaphore, names: readonly string[], log: string[]) {
  return names.map((name) =>
    createTask(
      body(function* () {
        yield* awaited(semaphore.acquire());
        log.push(name);
      }),
    ),
  );
}

describe("[88] Semaphore", () => {
  eachEngine("nobody overtakes: who releases and comes back stands last", function* ({ body }) {
    const semaphore = new Semaphore(1);
    const log: string[] = [];
    const visit = (name: string) =>
      createTask(
        body(function* () {
          for (const time of [1, 2]) {
            yield* awaited(semaphore.acquire());
            log.push(`${name}.${time}`);
            yield* awaited(sleep(1));
            semaphore.release();
          }
        }),
      );
    for (const task of ["a", "b", "c"].map(visit)) yield* awaited(task);
    expect(log).toEqual(["a.1", "b.1", "c.1", "a.2", "b.2", "c.2"]);
  });

  eachEngine("release() promises a permit to the first who waits", function* ({ body }) {
    const semaphore = new Semaphore(3);
    const log: string[] = [];
    yield* awaited(semaphore.acquire());
    yield* awaited(semaphore.acquire());
    expect(semaphore.locked()).toBe(false);
    queueUp(body, semaphore, ["a", "b", "c"], log);
    yield* turn();
    expect([log, semaphore.locked(), semaphore.value]).toEqual([["a"], true, 0]);
    expect(semaphore.statistics()).toEqual({ value: 0, limit: 3, inUse: 3, waiting: 2 });
    queueUp(body, semaphore, ["d"], log);
    semaphore.release();
    semaphore.release();
    expect(semaphore.value).toBe(0);
    yield* turn();
    expect([log, semaphore.statistics().waiting]).toEqual([["a", "b", "c"], 1]);
    semaphore.release();
    yield* turn();
    expect(log).toEqual(["a", "b", "c", "d"]);
  });

  eachEngine(
    "three releases wake three, though a free permit was not enough to pass those who wait",
    function* ({ body }) {
      const semaphore = new Semaphore(0);
      const log: number[] = [];
      const first = body(function* () {
        yield* awaited(semaphore.acquire());
        expect(semaphore.value).toBe(0); // the other two were promised theirs at once
        createTask(
          body(function* () {
            log.push(4);
          }),
        );
        log.push(1);
      });
      const second = body(function* () {
        for (let n = 0; n < 3; n++) semaphore.release();
        expect([semaphore.value, semaphore.locked()]).toEqual([2, true]);
        yield* awaited(semaphore.acquire());
        log.push(2);
      });
      const third = body(function* () {
        yield* awaited(semaphore.acquire());
        expect(semaphore.locked()).toBe(true);
        log.push(3);
      });
      for (const each of [first, second, third]) createTask(each);
      yield* turn();
      expect([semaphore.value, semaphore.statistics().waiting]).toEqual([2, 2]);
      yield* turn(3);
      expect(log).toEqual([1, 2, 3, 4]);
    },
  );

  eachEngine("release() wakes one, as in CPython, though more permits may be free", function* ({ loop, body }) {
    const semaphore = new Semaphore(0);
    queueUp(body, semaphore, ["a"], []);
    yield* turn();
    loop.callSoon(() => {
      for (let n = 0; n < 3; n++) semaphore.release();
    });
    const log: string[] = [];
    queueUp(body, semaphore, ["b", "c", "d"], log); // they come before "a" resumes, and must not pass it
    yield* turn();
    expect([semaphore.value, semaphore.statistics().waiting]).toEqual([2, 3]);
    semaphore.release();
    expect([semaphore.value, semaphore.statistics().waiting]).toEqual([2, 2]);
    yield* turn(2);
    expect(log).toEqual(["b", "c", "d"]);
  });

  eachEngine("who releases twice and comes back is served after those who wait", function* ({ body }) {
    const semaphore = new Semaphore(1);
    const log: number[] = [];
    queueUp(body, semaphore, ["first"], []);
    const again = createTask(
      body(function* () {
        yield* awaited(semaphore.acquire());
        log.push(1);
        semaphore.release();
        yield* awaited(semaphore.acquire());
        log.push(3);
      }),
    );
    createTask(
      body(function* () {
        yield* awaited(semaphore.acquire());
        log.push(2);
      }),
    );
    yield* turn();
    semaphore.release();
    semaphore.release();
    yield* awaited(again);
    expect(log).toEqual([1, 2, 3]);
  });

  eachEngine("those cancelled before a release() are passed by", function* ({ body }) {
    const semaphore = new Semaphore(0);
    const [a, b, c, d] = queueUp(body, semaphore, ["a", "b", "c", "d"], []);
    yield* turn();
    a?.cancel();
    b?.cancel();
    semaphore.release();
    yield* turn(2);
    expect([a, b, c, d].map((task) => task?.done())).toEqual([true, true, true, false]);
    d?.cancel();
    yield* turn();
    expect(semaphore.statistics()).toEqual({ value: 0, limit: 1, inUse: 1, waiting: 0 });
  });

  eachEngine("one that is cancelled when its turn had come returns its permit to the next", function* ({ body }) {
    const semaphore = new Semaphore(0);
    const log: string[] = [];
    const [a] = queueUp(body, semaphore, ["a", "b"], log);
    yield* turn();
    semaphore.release();
    a?.cancel();
    yield* turn(2);
    expect([a?.cancelled(), log, semaphore.locked()]).toEqual([true, ["b"], true]);
  });

  eachEngine("one that is cancelled when its turn had come, and is alone, returns its permit", function* ({ body }) {
    const semaphore = new Semaphore(1);
    const first = createTask(
      body(function* () {
        yield* awaited(semaphore.with(() => sleep(0)));
        second.cancel();
      }),
    );
    const second = createTask(semaphore.with(() => sleep(0)));
    yield* awaited(first);
    expect(yield* failureOf(second)).toBeInstanceOf(CancelledError);
    expect(semaphore.value).toBe(1);
    yield* awaited(semaphore.acquire({ timeout: 1 }));
  });
});

describe("Semaphore", () => {
  eachEngine("acquire(), release() and with() take no turn if a permit is free", function* ({ loop, body }) {
    const semaphore = new Semaphore();
    const turns = yield* turnsOf(
      loop,
      (function* () {
        yield* awaited(semaphore.acquire());
        semaphore.release();
        yield* awaited(semaphore.with(body(function* () {})));
      })(),
    );
    expect([turns, semaphore.value]).toEqual([0, 1]);
  });

  eachEngine("acquire() ends at its limits, and has taken nothing", function* ({ loop }) {
    const semaphore = new Semaphore(0);
    const expected = new TimeoutError("acquire() timed out after 2 s");
    expect(yield* failureOf(semaphore.acquire({ timeout: 2 }))).toEqual(expected);
    const controller = new AbortController();
    const { signal } = controller;
    loop.callLater(1, () => controller.abort("enough"));
    expect(yield* failureOf(semaphore.acquire({ signal, timeout: 9 }))).toBe("enough");
    expect([loop.time(), liveTimers(loop), getEventListeners(signal, "abort")]).toEqual([3, 0, []]);
    semaphore.release();
    expect(yield* failureOf(semaphore.acquire({ signal }))).toBe("enough");
    expect(semaphore.statistics()).toEqual({ value: 1, limit: 1, inUse: 0, waiting: 0 });
  });

  eachEngine("a token releases its permit once", function* () {
    const semaphore = new Semaphore(2);
    {
      using _ = yield* awaited(semaphore.acquire());
      expect(semaphore.value).toBe(1);
    }
    const token = semaphore.tryAcquire();
    token?.release();
    token?.[Symbol.dispose]();
    expect(semaphore.statistics()).toEqual({ value: 2, limit: 2, inUse: 0, waiting: 0 });
  });

  eachEngine("with() answers what the body returns, and releases the permit when it throws", function* ({ body }) {
    const semaphore = new Semaphore(1);
    const error = new Error("boom");
    const returning = body(function* () {
      yield* turn();
      return semaphore.value;
    });
    expect(yield* awaited(semaphore.with(returning))).toBe(0);
    const throwing = body(function* () {
      yield* turn();
      throw error;
    });
    expect(yield* failureOf(semaphore.with(throwing))).toBe(error);
    expect(semaphore.value).toBe(1);
  });

  eachEngine("resize() to more lets those in who wait", function* ({ body }) {
    const semaphore = new Semaphore(1);
    const log: string[] = [];
    queueUp(body, semaphore, ["a", "b", "c", "d"], log);
    yield* turn();
    semaphore.resize(3);
    expect(semaphore.statistics()).toEqual({ value: 0, limit: 3, inUse: 3, waiting: 1 });
    yield* turn();
    expect(log).toEqual(["a", "b", "c"]);
    semaphore.resize(6);
    yield* turn();
    expect([log.length, semaphore.statistics()]).toEqual([4, { value: 2, limit: 6, inUse: 4, waiting: 0 }]);
  });

  eachEngine("resize() to fewer takes none away, and lets nobody in before enough came back", function* ({ body }) {
    const semaphore = new Semaphore(3);
    const log: string[] = [];
    queueUp(body, semaphore, ["a", "b", "c", "d"], log);
    yield* turn();
    semaphore.resize(1);
    expect([semaphore.value, semaphore.statistics()]).toEqual([0, { value: 0, limit: 1, inUse: 3, waiting: 1 }]);
    semaphore.release();
    semaphore.release();
    yield* turn();
    expect([log, semaphore.statistics().inUse, semaphore.locked()]).toEqual([["a", "b", "c"], 1, true]);
    semaphore.release();
    yield* turn();
    expect([log, semaphore.statistics()]).toEqual([["a", "b", "c", "d"], { value: 0, limit: 1, inUse: 1, waiting: 0 }]);
    semaphore.release();
    expect(semaphore.value).toBe(1);
  });

  eachEngine(
    "resize() while a promised permit is refused: it does not come back above the limit",
    function* ({ body }) {
      const semaphore = new Semaphore(2);
      const log: string[] = [];
      yield* awaited(semaphore.acquire());
      yield* awaited(semaphore.acquire());
      const [a] = queueUp(body, semaphore, ["a", "b"], log);
      yield* turn();
      semaphore.release();
      semaphore.resize(1);
      a?.cancel();
      yield* turn(2);
      expect([log, semaphore.statistics()]).toEqual([[], { value: 0, limit: 1, inUse: 1, waiting: 1 }]);
      semaphore.release();
      yield* turn();
      expect(log).toEqual(["b"]);
    },
  );

  test("release() of what was not acquired adds a permit", () => {
    const semaphore = new Semaphore(0);
    expect([semaphore.locked(), semaphore.tryAcquire()]).toEqual([true, null]);
    semaphore.release();
    semaphore.release();
    expect(semaphore.statistics()).toEqual({ value: 2, limit: 2, inUse: 0, waiting: 0 });
    semaphore.resize(1);
    expect(semaphore.value).toBe(1);
  });

  test("belongs to the loop of the first that had to wait", async () => {
    const semaphore = new Semaphore(0);
    await runVirtual(async () => await expect(semaphore.acquire({ timeout: 1 })).rejects.toThrow(TimeoutError));
    await expect(runVirtual(() => semaphore.acquire())).rejects.toEqual(
      new RuntimeError("<Semaphore free=0/0> is bound to a different event loop"),
    );
  });

  test("refuses bad arguments at the call", () => {
    const message = "Semaphore() needs a whole number of at least 0 as value, not";
    expect(() => new Semaphore(-1)).toThrow(new RangeError(`${message} -1`));
    expect(() => new Semaphore(1.5)).toThrow(new RangeError(`${message} 1.5`));
    expect(() => new Semaphore(Number.NaN)).toThrow(new RangeError(`${message} NaN`));
    expect(() => new Semaphore(Number.POSITIVE_INFINITY)).toThrow(new RangeError(`${message} Infinity`));
    expect(() => new Semaphore("2" as never)).toThrow(new TypeError(`${message} "2"`));
    expect(() => new BoundedSemaphore(-1)).toThrow(new RangeError(`Bounded${message} -1`));
    const semaphore = new Semaphore(2);
    expect(() => semaphore.resize(-1)).toThrow(
      new RangeError("resize() needs a whole number of at least 0 as limit, not -1"),
    );
    expect(() => semaphore.acquire({ timeout: Number.NaN })).toThrow(RangeError);
    expect(() => semaphore.with(null as never)).toThrow(TypeError);
    expect(semaphore.statistics()).toEqual({ value: 2, limit: 2, inUse: 0, waiting: 0 });
  });

  eachEngine("shows itself", function* ({ body }) {
    const semaphore = new Semaphore(1);
    expect(String(semaphore)).toBe("<Semaphore free=1/1>");
    const tasks = queueUp(body, semaphore, ["a", "b"], []);
    yield* turn();
    expect(String(semaphore)).toBe("<Semaphore free=0/1 waiting=1>");
    tasks[1]?.cancel();
    yield* turn();
  });
});

describe("BoundedSemaphore", () => {
  eachEngine("release() of what was not acquired is refused", function* () {
    const semaphore = new BoundedSemaphore(2);
    const error = new RangeError("Cannot release a permit of <BoundedSemaphore free=2/2>: none is in use");
    expect(() => semaphore.release()).toThrow(error);
    const token = yield* awaited(semaphore.acquire());
    token.release();
    expect(() => semaphore.release()).toThrow(error);
    expect(semaphore.statistics()).toEqual({ value: 2, limit: 2, inUse: 0, waiting: 0 });
  });

  eachEngine("after resize() it takes back what was acquired before, and no more", function* () {
    const semaphore = new BoundedSemaphore(2);
    yield* awaited(semaphore.acquire());
    yield* awaited(semaphore.acquire());
    semaphore.resize(0);
    semaphore.release();
    semaphore.release();
    expect(() => semaphore.release()).toThrow(RangeError);
    expect(semaphore.statistics()).toEqual({ value: 0, limit: 0, inUse: 0, waiting: 0 });
  });
});
