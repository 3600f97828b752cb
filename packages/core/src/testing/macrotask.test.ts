import type { MessagePort } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { macrotask } from "./macrotask.ts";

const ports: MessagePort[] = [];

/** Keeps its ports, so that a test can close them: an open one would hold the process. */
class TrackedChannel extends MessageChannel {
  constructor() {
    super();
    ports.push(this.port1, this.port2);
  }
}

type Macrotask = typeof macrotask;

/** Load the module as an engine would that has `setImmediate`, or has none. */
async function load(engine: { hasSetImmediate: boolean }): Promise<Macrotask> {
  vi.resetModules();
  vi.stubGlobal("MessageChannel", TrackedChannel);
  if (!engine.hasSetImmediate) vi.stubGlobal("setImmediate", undefined);
  return (await import("./macrotask.ts")).macrotask;
}

beforeEach(() => {
  ports.length = 0;
});

afterEach(() => {
  for (const port of ports) port.close();
  vi.unstubAllGlobals();
});

describe.each([
  ["setImmediate", { hasSetImmediate: true }],
  ["a MessageChannel", { hasSetImmediate: false }],
])("macrotask() by %s", (_, engine) => {
  test("calls back once the microtasks have run, those that they queue included", async () => {
    const macrotask = await load(engine);
    const order: string[] = [];

    await new Promise<void>((resolve) => {
      macrotask(() => {
        order.push("macrotask");
        resolve();
      });
      queueMicrotask(() => {
        order.push("microtask");
        queueMicrotask(() => order.push("microtask of a microtask"));
      });
      order.push("synchronous");
    });

    expect(order).toEqual(["synchronous", "microtask", "microtask of a microtask", "macrotask"]);
  });

  test("keeps the order of several, with the microtasks of each between them", async () => {
    const macrotask = await load(engine);
    const order: string[] = [];

    await new Promise<void>((resolve) => {
      for (const name of ["first", "second"]) {
        macrotask(() => {
          order.push(name);
          queueMicrotask(() => order.push(`microtask of ${name}`));
        });
      }
      macrotask(resolve);
    });

    expect(order).toEqual(["first", "microtask of first", "second", "microtask of second"]);
  });

  test("may be asked for again from within", async () => {
    const macrotask = await load(engine);
    const order: number[] = [];

    await new Promise<void>((resolve) => {
      const again = (left: number): void => {
        order.push(left);
        if (left === 0) resolve();
        else macrotask(() => again(left - 1));
      };
      macrotask(() => again(3));
    });

    expect(order).toEqual([3, 2, 1, 0]);
  });
});

test("macrotask() makes no MessageChannel where there is setImmediate", async () => {
  await load({ hasSetImmediate: true });

  expect(ports).toEqual([]);
});
