import { expect, test, vi } from "vitest";
import { runNode } from "../test/run-node.ts";
import { runMicrotasks } from "./node-microtasks.ts";

vi.setConfig({ testTimeout: 30_000 }); // processes take their time on a busy machine

/** Calls `body` as the host does: from a callback of Node. */
async function inCallback(body: () => void): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    setImmediate(() => {
      try {
        resolve(body());
      } catch (error) {
        reject(error as Error);
      }
    });
  });
}

test("runMicrotasks() runs all microtasks and ticks, and those that they queue, before it returns", async () => {
  const order: number[] = [];
  await inCallback(() => {
    queueMicrotask(() => {
      order.push(2);
      process.nextTick(() => order.push(4));
      queueMicrotask(() => order.push(3));
    });
    process.nextTick(() => order.push(1));
    expect(runMicrotasks()).toBe(true);
    order.push(5);
  });
  expect(order).toEqual([1, 2, 3, 4, 5]);
});

test("runMicrotasks() continues what awaits, and has nothing to do a second time", async () => {
  const order: number[] = [];
  await inCallback(() => {
    void (async () => {
      await undefined;
      order.push(1);
      await undefined;
      order.push(2);
    })();
    runMicrotasks();
    order.push(3);
    runMicrotasks();
  });
  expect(order).toEqual([1, 2, 3]);
});

test("runMicrotasks() leaves what a tick throws uncaught, and runs the others", async () => {
  const program = `
    const { runMicrotasks } = await import(new URL("dist/node-microtasks.js", \`file://\${process.cwd()}/\`));
    process.on("uncaughtException", (error) => console.log("uncaught", error.message));
    setImmediate(() => {
      process.nextTick(() => { throw new Error("of a tick"); });
      process.nextTick(() => console.log("next tick"));
      queueMicrotask(() => console.log("microtask"));
      console.log("returns", runMicrotasks());
    });`;
  const { status, stdout, stderr } = await runNode(program);
  expect(stdout.trimEnd().split("\n")).toEqual(["next tick", "microtask", "uncaught of a tick", "returns true"]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

test.each([
  ["is missing", { _tickCallback: { value: undefined } }],
  ["does nothing, as on Bun", { versions: { value: { bun: "1.0.0" } } }],
])("runMicrotasks() does nothing, and says so, where the function of Node %s", async (_name, differences) => {
  vi.resetModules();
  vi.stubGlobal("process", Object.create(process, differences));
  const there = await import("./node-microtasks.ts");
  vi.unstubAllGlobals();
  const order: number[] = [];
  await inCallback(() => {
    queueMicrotask(() => order.push(2));
    expect(there.runMicrotasks()).toBe(false);
    order.push(1);
  });
  expect(order).toEqual([1, 2]);
});
