import { RuntimeError } from "@asyncio-ts/contextvars";
import { BaseEventLoop } from "@asyncio-ts/core";
import { VirtualHost } from "@asyncio-ts/core/testing";
import { afterEach, describe, expect, test } from "vitest";
import { virtual, virtualLoop } from "../test/virtual.ts";
import { EventLoop } from "./event-loop.ts";
import {
  DefaultEventLoopPolicy,
  type EventLoopPolicy,
  getEventLoop,
  getEventLoopPolicy,
  newEventLoop,
  setEventLoop,
  setEventLoopPolicy,
} from "./policy.ts";
import { run } from "./run.ts";
import { getRunningLoop } from "./running-loop.ts";

afterEach(() => setEventLoopPolicy(null));

describe("newEventLoop()", () => {
  test("makes another loop at each call, and makes none of them current", () => {
    const [one, two] = [newEventLoop(), newEventLoop()];
    expect(one).toBeInstanceOf(EventLoop);
    expect(one).not.toBe(two);
    expect(() => getEventLoop()).toThrow(RuntimeError);
    for (const loop of [one, two]) loop.close();
  });
});

describe("getEventLoop()", () => {
  test("answers the running loop, whatever is set", async () => {
    const current = virtualLoop();
    setEventLoop(current);
    await run(async () => {
      expect(getEventLoop()).toBe(getRunningLoop());
      expect(getEventLoop()).not.toBe(current);
    }, virtual);
    expect(getEventLoop()).toBe(current);
  });

  test("answers the loop that was set, also when it is closed", () => {
    const loop = virtualLoop();
    setEventLoop(loop);
    expect(getEventLoop()).toBe(loop);
    loop.close();
    expect(getEventLoop()).toBe(loop);
  });

  test("refuses where no loop is running and none is set", () => {
    expect(() => getEventLoop()).toThrow(
      new RuntimeError("There is no current event loop in this thread; setEventLoop() sets one"),
    );
  });
});

describe("setEventLoop()", () => {
  test("forgets the loop when it gets null", () => {
    setEventLoop(virtualLoop());
    setEventLoop(null);
    expect(() => getEventLoop()).toThrow(RuntimeError);
  });

  test.each([undefined, 42, {}, "loop", () => {}, new BaseEventLoop(new VirtualHost())])(
    "refuses %s, and keeps what is set",
    (value) => {
      const loop = virtualLoop();
      setEventLoop(loop);
      expect(() => setEventLoop(value as never)).toThrow(TypeError);
      expect(getEventLoop()).toBe(loop);
    },
  );
});

describe("setEventLoopPolicy()", () => {
  class VirtualPolicy extends DefaultEventLoopPolicy {
    override newEventLoop(): EventLoop {
      return virtualLoop();
    }
  }

  test("decides which loops are made, also by run()", async () => {
    const policy = new VirtualPolicy();
    setEventLoopPolicy(policy);
    expect(getEventLoopPolicy()).toBe(policy);
    expect(newEventLoop().time()).toBe(0);
    expect(await run(async () => getRunningLoop().time())).toBe(0);
  });

  test("takes any object that has the three methods", () => {
    const loop = virtualLoop();
    const set: unknown[] = [];
    const policy: EventLoopPolicy = {
      newEventLoop: () => loop,
      getEventLoop: () => loop,
      setEventLoop: (each) => set.push(each),
    };
    setEventLoopPolicy(policy);
    expect(newEventLoop()).toBe(loop);
    expect(getEventLoop()).toBe(loop);
    setEventLoop(null);
    expect(set).toEqual([null]);
  });

  test("restores a default one when it gets null, with no loop set", () => {
    setEventLoop(virtualLoop());
    setEventLoopPolicy(null);
    expect(getEventLoopPolicy()).toBeInstanceOf(DefaultEventLoopPolicy);
    expect(() => getEventLoop()).toThrow(RuntimeError);
  });

  test.each([undefined, 42, {}, "policy", () => {}, { newEventLoop() {} }])("refuses %s", (value) => {
    const before = getEventLoopPolicy();
    expect(() => setEventLoopPolicy(value as never)).toThrow(TypeError);
    expect(getEventLoopPolicy()).toBe(before);
  });
});

describe("getRunningLoop()", () => {
  test("answers the loop that runs the caller", async () => {
    const loop = virtualLoop();
    expect(await loop.runUntilComplete(async () => getRunningLoop())).toBe(loop);
    loop.close();
  });

  test("tells two loops apart that run side by side", async () => {
    const [one, two] = [virtualLoop(), virtualLoop()];
    const seen = await Promise.all([one, two].map((loop) => loop.runUntilComplete(async () => getRunningLoop())));
    expect(seen).toEqual([one, two]);
    for (const loop of [one, two]) loop.close();
  });

  test("refuses where none is running, although one is set", () => {
    setEventLoop(virtualLoop());
    expect(() => getRunningLoop()).toThrow(RuntimeError);
    expect(() => getRunningLoop()).toThrow("no running event loop");
  });
});
