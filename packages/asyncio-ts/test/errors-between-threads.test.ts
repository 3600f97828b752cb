/** Errors of all layers on their way to the loop of another thread, and back. */

import { ExceptionGroup } from "@asyncio-ts/combinators";
import { attachLoop, newEventLoop } from "@asyncio-ts/platform";
import { QueueShutDown } from "@asyncio-ts/sync";
import { expect, onTestFinished, test } from "vitest";

/** What the other side of a loop gets of a coroutine that throws `error`. */
async function thrownByRemote(error: unknown): Promise<unknown> {
  const loop = newEventLoop();
  onTestFinished(() => loop.close());
  const fail = (): never => {
    throw error;
  };
  const remote = attachLoop(loop.threadsafeHandle({ fail }));
  return await loop.runUntilComplete(async () => {
    try {
      return await remote.runCoroutineThreadsafe("fail");
    } catch (caught) {
      return caught;
    }
  });
}

test("a group of errors can be split, with all groups in it", async () => {
  const inner = new ExceptionGroup("inner", [new QueueShutDown("closed"), new TypeError("odd")]);
  const error = new ExceptionGroup("outer", [new RangeError("big"), inner], { cause: new Error("why") });
  const got = (await thrownByRemote(error)) as ExceptionGroup;
  const [shut, rest] = got.split(QueueShutDown);
  expect(got.constructor).toBe(ExceptionGroup);
  expect(got).not.toBe(error);
  expect([got.message, String(got.cause), got.stack]).toEqual(["outer", "Error: why", error.stack]);
  expect(shut?.leaves().map(String)).toEqual(["QueueShutDown: closed"]);
  expect(rest?.leaves().map(String)).toEqual(["RangeError: big", "TypeError: odd"]);
  expect(rest?.errors[1]).toBeInstanceOf(ExceptionGroup);
  expect(got.subgroup(RangeError)?.errors.map(String)).toEqual(["RangeError: big"]);
});

test("an error of the layer beside is of its class", async () => {
  expect(((await thrownByRemote(new QueueShutDown("closed"))) as Error).constructor).toBe(QueueShutDown);
});
