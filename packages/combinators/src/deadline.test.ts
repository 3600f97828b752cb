import { sleep } from "@asyncio-ts/tasks";
import { liveTimers, runVirtual } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { checkSecondsOrNull, Deadline } from "./deadline.ts";

describe("Deadline", () => {
  test("calls when it has come; one that has passed, in the next turn, in their order", async () => {
    await runVirtual(async (loop) => {
      const log: string[] = [];
      await sleep(5);
      new Deadline(loop, 7, () => log.push(`7 at ${loop.time()}`));
      new Deadline(loop, 5, () => log.push("1 now"));
      new Deadline(loop, 1, () => log.push("2 past"));
      loop.callSoon(() => log.push("3 soon"));
      expect(log).toEqual([]);
      await sleep(0);
      expect(log).toEqual(["1 now", "2 past", "3 soon"]);
      await sleep(10);
      expect(log.slice(3)).toEqual(["7 at 7"]);
    });
  });

  test("calls nothing once it was dropped, and is dropped once", async () => {
    await runVirtual(async (loop) => {
      const log: string[] = [];
      const later = new Deadline(loop, 1, () => log.push("later"));
      const now = new Deadline(loop, 0, () => log.push("now"));
      new Deadline(loop, 3, () => log.push("kept"));
      for (const deadline of [later, now, later, now]) deadline.drop();
      expect([later.isDropped(), liveTimers(loop)]).toEqual([true, 1]);
      await sleep(2);
      expect(log).toEqual([]);
      await sleep(2);
      expect(log).toEqual(["kept"]);
    });
  });
});

describe("checkSecondsOrNull()", () => {
  test("refuses what is no number, and NaN, but takes null and any number", () => {
    expect(() => checkSecondsOrNull("work", "a delay", "5")).toThrow(
      'work() needs a delay in seconds, or null, not "5"',
    );
    expect(() => checkSecondsOrNull("work", "a delay", undefined)).toThrow(TypeError);
    expect(() => checkSecondsOrNull("work", "a delay", Number.NaN)).toThrow(
      new RangeError("work() cannot use NaN as a delay"),
    );
    for (const fine of [null, 0, -1, Number.POSITIVE_INFINITY]) checkSecondsOrNull("work", "a delay", fine);
  });
});
