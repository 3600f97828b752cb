import { awaited } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { LifoQueue } from "./lifo-queue.ts";

describe("LifoQueue", () => {
  eachEngine("gives what was put last", function* () {
    const queue = new LifoQueue<number>();
    for (const n of [1, 3, 2]) yield* awaited(queue.put(n));
    expect([yield* awaited(queue.get()), queue.getNowait(), queue.getNowait()]).toEqual([2, 3, 1]);
  });

  test("has room for its maxsize", () => {
    const queue = new LifoQueue<number>(1);
    queue.putNowait(1);
    expect([queue.maxsize, queue.full(), String(queue)]).toEqual([
      1,
      true,
      "<LifoQueue maxsize=1 size=1 unfinished=1>",
    ]);
  });
});
