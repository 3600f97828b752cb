import { CancelledError, coroutine, createTask, Future, sleep, type Task, type Work } from "@asyncio-ts/tasks";
import { awaited, failureOf, type Stage } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { asCompleted } from "./as-completed.ts";
import { Gate } from "./gate.ts";
import { gather } from "./gather.ts";

/** Work of which it is noted when it begins and how it ends. */
function workshop({ loop, body }: Stage) {
  const log: string[] = [];
  const work = (name: string, delay: number, cleanUp = 0) =>
    body(function* () {
      log.push(`${name} begins at ${loop.time()}`);
      try {
        return yield* awaited(sleep(delay, name));
      } finally {
        if (cleanUp > 0) yield* awaited(sleep(cleanUp));
        log.push(`${name} ends at ${loop.time()}`);
      }
    });
  return { log, work };
}

describe("gather() with a limit", () => {
  eachEngine("begins the next when one has ended, in their order", function* (stage) {
    const { log, work } = workshop(stage);
    const all = gather([work("a", 3), work("b", 1), work("c", 1), work("d", 1)], { limit: 2 });
    expect(yield* awaited(all)).toEqual(["a", "b", "c", "d"]);
    expect(log.filter((line) => line.includes("begins"))).toEqual([
      "a begins at 0",
      "b begins at 0",
      "c begins at 1",
      "d begins at 2",
    ]);
    expect(stage.loop.time()).toBe(3);
  });

  eachEngine("holds back coroutines and generators as well, but not what runs already", function* (stage) {
    const { log, work } = workshop(stage);
    const task = createTask(work("task", 1));
    const generator = (function* () {
      return yield* sleep(1, "generator");
    })();
    const all = gather([coroutine(work("a", 1))(), generator, task, Promise.resolve("promise")], { limit: 1 });
    expect(yield* awaited(all)).toEqual(["a", "generator", "task", "promise"]);
    expect([log[0], log[1], stage.loop.time()]).toEqual(["task begins at 0", "a begins at 0", 2]);
  });

  eachEngine("gives a place away only when the work has truly ended", function* (stage) {
    const { log, work } = workshop(stage);
    const careful = createTask(work("careful", 60, 5));
    const first = coroutine(() => careful);
    const all = gather([first(), work("next", 1)], { limit: 1, returnExceptions: true });
    stage.loop.callLater(1, () => careful.cancel());
    yield* awaited(all);
    expect(log.slice(1)).toEqual(["careful ends at 6", "next begins at 6", "next ends at 7"]);
  });

  eachEngine("begins nothing after a failure", function* (stage) {
    const { log, work } = workshop(stage);
    const failing = coroutine(function* () {
      yield* sleep(1);
      throw new RangeError("boom");
    });
    const never = coroutine(work("never", 1));
    expect(yield* failureOf(gather([failing(), work("b", 3), never()], { limit: 2 }))).toEqual(new RangeError("boom"));
    yield* awaited(sleep(60));
    expect(log).toEqual(["b begins at 0", "b ends at 3"]);
  });

  eachEngine("that is cancelled cancels what has begun, and begins nothing", function* (stage) {
    const { log, work } = workshop(stage);
    const all = gather([work("a", 60), work("b", 60), coroutine(work("never", 1))()], { limit: 2 });
    stage.loop.callLater(1, () => all.cancel());
    expect(yield* failureOf(all)).toBeInstanceOf(CancelledError);
    yield* awaited(sleep(60));
    expect(log.slice(2)).toEqual(["a ends at 1", "b ends at 1"]);
  });

  test("refuses a limit that makes no sense, and starts nothing", () => {
    for (const limit of [0, -1, 1.5, Number.NaN]) {
      expect(() => gather([Promise.resolve()], { limit })).toThrow("needs a whole number above 0");
      expect(() => asCompleted([Promise.resolve()], { limit })).toThrow("needs a whole number above 0");
    }
    expect(() => gather([], { limit: "5" as never })).toThrow(TypeError);
  });
});

describe("Gate", () => {
  eachEngine("passes on the place of one that is cancelled in the turn in which its place came", function* (stage) {
    const { log, work } = workshop(stage);
    const gate = new Gate(1);
    const occupied = new Future<void>();
    const works: Work<unknown>[] = [() => occupied, work("b", 1), work("c", 1)];
    const held = works.map((each) => createTask(gate.hold(each) as Work<unknown>));
    yield* awaited(sleep(0.5));
    occupied.setResult();
    yield* awaited(sleep(0));
    held[1]?.cancel();
    yield* awaited(held[2] as Task<unknown>);
    expect(log).toEqual(["c begins at 0.5", "c ends at 1.5"]);
  });
});

describe("asCompleted() with a limit", () => {
  eachEngine("begins the next when one has ended", function* (stage) {
    const { work } = workshop(stage);
    const results: string[] = [];
    for (const next of asCompleted([work("a", 3), work("b", 1), work("c", 1)], { limit: 2 })) {
      results.push(`${yield* awaited(next)} at ${stage.loop.time()}`);
    }
    expect(results).toEqual(["b at 1", "c at 2", "a at 3"]);
  });
});
