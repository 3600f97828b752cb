import { RuntimeError } from "@asyncio-ts/contextvars";
import { CancelledError, coroutine, createTask, sleep, TimeoutError } from "@asyncio-ts/tasks";
import { awaited, failureOf, runVirtual } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { WaitLine } from "./wait-line.ts";

/** Enter `line` in a task of its own, and note the name when the wait is over. */
function queueUp(line: WaitLine, name: string, log: string[]) {
  const place = line.enter();
  const task = createTask(function* () {
    try {
      yield* line.waitAt(place, "test");
      log.push(name);
    } catch (error) {
      log.push(`${name}: ${(error as Error).name}`);
    }
  });
  return { place, task };
}

describe("WaitLine", () => {
  eachEngine("wakes in the order of arrival, and forgets who has left", function* () {
    const line = new WaitLine({});
    const log: string[] = [];
    for (const name of ["a", "b", "c"]) queueUp(line, name, log);
    yield* awaited(sleep(0));
    expect([line.length, line.isOccupied]).toEqual([3, true]);
    line.wake(2);
    expect([line.length, line.isOccupied, log]).toEqual([1, true, []]);
    yield* awaited(sleep(0));
    expect(log).toEqual(["a", "b"]);
    expect([line.wakeNext(), line.wakeNext()]).toEqual([true, false]);
    expect([line.length, line.isOccupied]).toEqual([0, true]); // woken, and not gone yet
    yield* awaited(sleep(0));
    expect([line.isOccupied, log]).toEqual([false, ["a", "b", "c"]]);
  });

  eachEngine("wakeNext() passes over those that gave up; wakeHead() waits for them to leave", function* () {
    const line = new WaitLine({});
    const log: string[] = [];
    const a = queueUp(line, "a", log);
    const b = queueUp(line, "b", log);
    const c = queueUp(line, "c", log);
    yield* awaited(sleep(0));
    a.task.cancel();
    expect([a.place.gaveUp, line.length]).toEqual([true, 2]);
    line.wakeHead();
    expect(b.place.isWoken).toBe(false);
    line.wakeNext();
    expect(b.place.isWoken).toBe(true);
    yield* awaited(sleep(0));
    line.wakeHead();
    expect(c.place.isWoken).toBe(true);
    yield* awaited(sleep(0));
    expect(log).toEqual(["a: CancelledError", "b", "c"]);
  });

  eachEngine("those who give up do not occupy it, and whoever comes later is found", function* () {
    const line = new WaitLine({});
    const log: string[] = [];
    const gone = ["a", "b"].map((name) => queueUp(line, name, log));
    yield* awaited(sleep(0));
    for (const { task } of gone) task.cancel();
    expect([line.length, line.isOccupied, line.wakeNext()]).toEqual([0, false, false]);
    const late = queueUp(line, "late", log);
    expect([line.length, line.isOccupied, line.wakeNext()]).toEqual([1, true, true]);
    expect(late.place.isWoken).toBe(true);
    yield* awaited(late.task);
    expect(log).toEqual(["a: CancelledError", "b: CancelledError", "late"]);
  });

  eachEngine("a wait ends at its limits", function* ({ loop }) {
    const line = new WaitLine({});
    const wait = coroutine(() => line.waitAt(line.enter(), "acquire", { timeout: 2 }));
    expect(yield* failureOf(wait())).toEqual(new TimeoutError("acquire() timed out after 2 s"));
    const signal = AbortSignal.abort(new CancelledError("before"));
    const aborted = coroutine(() => line.waitAt(line.enter(), "acquire", { signal }));
    expect(yield* failureOf(aborted())).toBe(signal.reason);
    expect([loop.time(), line.length, line.isOccupied]).toEqual([2, 0, false]);
  });

  test("belongs to the loop of the first that had to wait", async () => {
    const line = new WaitLine({ toString: () => "<Lock>" });
    await runVirtual(async () => void line.enter());
    await runVirtual(async () => {
      expect(() => line.enter()).toThrow(new RuntimeError("<Lock> is bound to a different event loop"));
    });
    expect(() => line.enter()).toThrow("no running event loop");
  });

  test("wakes 100,000 in one turn in linear time", async () => {
    await runVirtual(function* () {
      const line = new WaitLine({});
      for (let n = 0; n < 100_000; n++) line.enter();
      let woken = 0;
      while (line.wakeNext()) woken++;
      expect([woken, line.length]).toEqual([100_000, 0]);
    });
  });
});
