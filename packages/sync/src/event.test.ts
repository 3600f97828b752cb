import { getEventListeners } from "node:events";
import { RuntimeError } from "@asyncio-ts/contextvars";
import { CancelledError, createTask, TimeoutError } from "@asyncio-ts/tasks";
import { awaited, failureOf, liveTimers, runVirtual, turnsOf } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { turn } from "../test/turn.ts";
import { Event } from "./event.ts";

describe("[90] Event", () => {
  eachEngine("set() wakes all who wait; who comes then is not held up", function* ({ body }) {
    const event = new Event();
    const log: number[] = [];
    const wait = (n: number) =>
      createTask(
        body(function* () {
          expect(yield* awaited(event.wait())).toBe(true);
          log.push(n);
        }),
      );
    wait(1);
    wait(2);
    yield* turn();
    expect([event.isSet(), log, event.statistics()]).toEqual([false, [], { isSet: false, waiting: 2 }]);
    wait(3);
    event.set();
    yield* turn();
    expect([event.isSet(), log, event.statistics()]).toEqual([true, [3, 1, 2], { isSet: true, waiting: 0 }]);
  });

  eachEngine("set() and clear() in one turn release those who wait, and hold up who comes then", function* () {
    const event = new Event();
    const early = createTask(event.wait());
    yield* turn();
    event.set();
    event.clear();
    expect([event.isSet(), event.statistics().waiting]).toEqual([false, 0]);
    const late = createTask(event.wait());
    yield* turn(2);
    expect([early.done(), late.done(), event.statistics().waiting]).toEqual([true, false, 1]);
    event.set();
    event.set();
    yield* turn();
    expect(late.done()).toBe(true);
  });
});

describe("Event", () => {
  eachEngine("wait() takes no turn if it is set", function* ({ loop }) {
    const event = new Event();
    event.set();
    const turns = yield* turnsOf(
      loop,
      (function* () {
        expect(yield* awaited(event.wait())).toBe(true);
      })(),
    );
    expect(turns).toBe(0);
  });

  eachEngine("a cancelled wait() leaves the line, and the others wait on", function* () {
    const event = new Event();
    const [a, b] = [createTask(event.wait()), createTask(event.wait())];
    yield* turn();
    a.cancel();
    expect(event.statistics().waiting).toBe(1);
    expect(yield* failureOf(a)).toBeInstanceOf(CancelledError);
    yield* turn(2);
    expect(b.done()).toBe(false);
    event.set();
    yield* awaited(b);
  });

  eachEngine("one that is cancelled when it was woken is cancelled", function* () {
    const event = new Event();
    const task = createTask(event.wait());
    yield* turn();
    event.set();
    task.cancel();
    expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
    expect(event.statistics()).toEqual({ isSet: true, waiting: 0 });
  });

  eachEngine("wait() ends at its limits", function* ({ loop }) {
    const event = new Event();
    expect(yield* failureOf(event.wait({ timeout: 2 }))).toEqual(new TimeoutError("wait() timed out after 2 s"));
    const controller = new AbortController();
    const { signal } = controller;
    loop.callLater(1, () => controller.abort("enough"));
    expect(yield* failureOf(event.wait({ signal, timeout: 9 }))).toBe("enough");
    expect([loop.time(), liveTimers(loop), getEventListeners(signal, "abort")]).toEqual([3, 0, []]);
    event.set();
    expect(yield* failureOf(event.wait({ signal }))).toBe("enough");
    expect(yield* awaited(event.wait({ timeout: 0 }))).toBe(true);
    expect(event.statistics().waiting).toBe(0);
  });

  test("is set and cleared without a loop, and belongs to the loop of the first that had to wait", async () => {
    const event = new Event();
    event.set();
    event.clear();
    expect(event.isSet()).toBe(false);
    const waiting = async () => await expect(event.wait({ timeout: 1 })).rejects.toThrow(TimeoutError);
    await runVirtual(waiting);
    await expect(runVirtual(() => event.wait())).rejects.toEqual(
      new RuntimeError("<Event unset> is bound to a different event loop"),
    );
  });

  test("refuses bad limits at the call", () => {
    expect(() => new Event().wait({ timeout: "1" as never })).toThrow(
      new TypeError('wait() needs a timeout in seconds, not "1"'),
    );
  });

  eachEngine("shows itself", function* () {
    const event = new Event();
    const task = createTask(event.wait());
    yield* turn();
    expect(String(event)).toBe("<Event unset waiting=1>");
    event.set();
    expect(String(event)).toBe("<Event set>");
    yield* awaited(task);
  });
});
