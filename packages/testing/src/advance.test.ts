import { createTask, sleep } from "@asyncio-ts/tasks";
import { awaited, engines, runVirtual } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { advance, runTest, waitAllTasksBlocked } from "./index.ts";

describe.each(Object.entries(engines))("in bodies that are %s", (_, makeBody) => {
  const body = makeBody();

  test("advance() lets everything happen that falls into the time", async () => {
    const script = body(function* main(loop: { time(): number }) {
      const ticks: number[] = [];
      const clock = createTask(
        body(function* tick() {
          for (;;) {
            yield* awaited(sleep(1));
            yield* awaited(sleep(0));
            ticks.push(loop.time());
          }
        }),
      );
      yield* awaited(advance(3));
      expect(ticks).toEqual([1, 2, 3]);
      yield* awaited(advance(0));
      expect([loop.time(), ticks]).toEqual([3, [1, 2, 3]]);
      yield* awaited(advance(1.5));
      expect([loop.time(), ticks]).toEqual([4.5, [1, 2, 3, 4]]);
      clock.cancel();
    });
    await runTest(script);
  });
});

describe("advance()", () => {
  test("refuses what is no span of time, at the call", () => {
    expect(() => advance("1" as never)).toThrow(TypeError);
    for (const seconds of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => advance(seconds)).toThrow(RangeError);
  });

  test("is refused outside of the virtual time of a test, before any time passes, as waitAllTasksBlocked() is", async () => {
    expect(() => advance(1)).toThrow("advance() works in virtual time only");
    expect(() => waitAllTasksBlocked()).toThrow("waitAllTasksBlocked() works in virtual time only");
    const times: number[] = [];
    const advancing = runVirtual(async (loop) => {
      try {
        await advance(1);
      } finally {
        times.push(loop.time());
      }
    });
    await expect(advancing).rejects.toThrow("inside runTest(), virtual() or explore()");
    await expect(runVirtual(() => waitAllTasksBlocked())).rejects.toThrow("inside runTest(), virtual() or explore()");
    expect(times).toEqual([0]);
  });
});
