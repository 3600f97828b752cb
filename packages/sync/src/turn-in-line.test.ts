import { coroutineOf, createTask, sleep, TimeoutError } from "@asyncio-ts/tasks";
import { awaited, failureOf, runVirtual } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { turn } from "../test/turn.ts";
import { TurnInLine } from "./turn-in-line.ts";
import { type Place, WaitLine } from "./wait-line.ts";

/** Serves a number to each, and notes how the waits end. */
class Counter {
  readonly line = new WaitLine(this);
  readonly log: string[] = [];
  #served = 0;

  served(): number {
    this.log.push(`served, length ${this.line.length}`);
    return ++this.#served;
  }

  left(place: Place): void {
    this.log.push(place.isWoken ? "left when it was woken" : "left");
  }
}

describe("TurnInLine", () => {
  eachEngine("answers what the owner serves, once it was woken and has left the line", function* ({ body }) {
    const counter = new Counter();
    const wait = body(() => awaited(coroutineOf(() => new TurnInLine(counter, "test", undefined) as never)));
    const tasks = [createTask(wait), createTask(wait)];
    yield* turn();
    counter.line.wake(2);
    expect([yield* awaited(tasks[0] as PromiseLike<unknown>), tasks[1]?.result()]).toEqual([1, 2]);
    expect([counter.log, counter.line.isOccupied]).toEqual([["served, length 0", "served, length 0"], false]);
  });

  eachEngine("tells the owner who has left, and whether his turn had come", function* () {
    const counter = new Counter();
    const wait = (timeout?: number) =>
      createTask(function* () {
        return yield* new TurnInLine(counter, "test", { timeout });
      });
    const [a, b, c] = [wait(), wait(), wait(1)];
    yield* turn();
    counter.line.wakeNext();
    a.cancel();
    b.cancel();
    yield* turn(2);
    expect([a.cancelled(), b.cancelled()]).toEqual([true, true]);
    expect(yield* failureOf(c)).toEqual(new TimeoutError("test() timed out after 1 s"));
    expect([counter.log, counter.line.isOccupied]).toEqual([["left when it was woken", "left", "left"], false]);
  });

  test("leaves the line when the generator is closed that waits in it", async () => {
    await runVirtual(async () => {
      const counter = new Counter();
      for (const limits of [undefined, { timeout: 5 }]) {
        const waiting = (function* () {
          yield* new TurnInLine(counter, "test", limits);
        })();
        waiting.next();
        expect(counter.line.length).toBe(1);
        waiting.return();
        expect([counter.line.length, counter.line.isOccupied]).toEqual([0, false]);
      }
      expect(counter.log).toEqual(["left", "left"]);
    });
  });

  test("nothing holds the places of those who have left while others still wait", async () => {
    await runVirtual(async () => {
      const gone: WeakRef<Place>[] = [];
      class Remembering extends Counter {
        override left(place: Place): void {
          gone.push(new WeakRef(place));
        }
      }
      const owner = new Remembering();
      const tasks = [1, 2, 3, 4, 5].map(() => createTask(() => new TurnInLine(owner, "test", undefined) as never));
      await sleep(0);
      tasks[1]?.cancel();
      tasks[3]?.cancel();
      await sleep(0);
      expect([gone.length, owner.line.length]).toEqual([2, 3]);
      await new Promise((resolve) => setImmediate(resolve)); // a WeakRef holds its target until the job is over
      globalThis.gc?.();
      expect(gone.map((each) => each.deref())).toEqual([undefined, undefined]);
      for (const each of tasks) each.cancel();
      await sleep(0);
    });
  });
});
