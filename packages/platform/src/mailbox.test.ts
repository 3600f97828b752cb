import { Worker } from "node:worker_threads";
import { RuntimeError } from "@asyncio-ts/contextvars";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { Mailbox } from "./mailbox.ts";
import type { Contents, Port } from "./threadsafe-protocol.ts";

type Received = [message: string, contents: Contents];

/** Two ends of a port, and what the first one receives. */
function newMailboxes(): {
  here: Mailbox<string, string>;
  there: Mailbox<string, string>;
  port: Port;
  seen: Received[];
} {
  const { port1, port2 } = new MessageChannel();
  const seen: Received[] = [];
  const here = new Mailbox<string, string>(port1 as unknown as Port, (...each) => seen.push(each));
  const there = new Mailbox<string, string>(port2 as unknown as Port, () => {});
  onTestFinished(() => here.close());
  return { here, there, port: port2 as unknown as Port, seen };
}

/** Send what this thread cannot read: from one with a larger stack, between "before" and "after". */
async function sendUnreadable(port: Port): Promise<void> {
  const program = `
    const { workerData } = require("node:worker_threads");
    let deep = [];
    for (let level = 0; level < 10_000; level++) deep = [deep];
    workerData.postMessage({ message: "before", contents: [1] });
    workerData.postMessage([deep]);
    workerData.postMessage({ message: "deep", contents: null });
    workerData.postMessage([[2]]);
    workerData.postMessage({ message: "after", contents: null });`;
  const workerData = port as never;
  const worker = new Worker(program, {
    eval: true,
    execArgv: [],
    workerData,
    transferList: [workerData],
    resourceLimits: { stackSizeMb: 16 },
  });
  await new Promise((resolve) => worker.on("exit", resolve));
}

const unreadable = new RuntimeError("Cannot read what another thread has sent: Maximum call stack size exceeded");

describe("post()", () => {
  const deep = [[[[1]]]];
  const classy = new Map([[1, 2]]);
  test.each([
    ["nothing", [], 1],
    ["plain values", [1, "a", null, undefined, 2n, true], 1],
    ["small objects", [{ a: [1, { b: 2 }] }, []], 1],
    ["objects in many levels", [deep], 2],
    ["a long list", [Array(1_000).fill(1)], 2],
    ["a large object", [Object.assign({}, "a".repeat(1_000))], 2],
    ["objects of a class", [1, classy], 2],
  ])("sends %s whole, in %3$i message(s)", (_name, contents, count) => {
    const { here, there, seen, port } = newMailboxes();
    const post = vi.spyOn(port, "postMessage");
    there.post("message", contents);
    here.takeAll();
    expect(seen).toEqual([["message", contents]]);
    expect(post).toHaveBeenCalledTimes(count);
  });

  test("sends nothing when the contents cannot be cloned", () => {
    const { here, there, seen } = newMailboxes();
    expect(() => there.post("small", [() => {}])).toThrow(DOMException);
    expect(() => there.post("large", [[[[[() => {}]]]]])).toThrow(DOMException);
    there.post("next", []);
    here.takeAll();
    expect(seen).toEqual([["next", []]]);
  });
});

describe("contents that cannot be read", () => {
  test("come as the error, with their message, when messages are taken", async () => {
    const { here, port, seen } = newMailboxes();
    await sendUnreadable(port);
    here.takeAll();
    expect(seen).toEqual([
      ["before", [1]],
      ["deep", unreadable],
      ["after", [[2]]],
    ]);
    expect(seen[1]?.[1]).toMatchObject({ cause: { name: "RangeError" } });
  });

  test("come as the error, with their message, when messages arrive as events", async () => {
    const { here, port, seen } = newMailboxes();
    here.listen();
    await sendUnreadable(port);
    await vi.waitFor(() => expect(seen).toHaveLength(3));
    expect(seen[1]).toEqual(["deep", unreadable]);
    expect(seen[1]?.[1]).toMatchObject({ cause: { name: "RangeError" } });
  });

  test("are an error also where the platform does not say why, or nothing at all", () => {
    const { here, there, port, seen } = newMailboxes();
    there.post("large", [[[[[1]]]]]);
    port.postMessage({ message: "unsaid", contents: null });
    here.takeAll();
    const stub = { postMessage() {}, close() {}, onmessage: null, onmessageerror: null } as Port;
    new Mailbox<string, string>(stub, (...each) => seen.push(each)).listen();
    stub.onmessageerror?.({ data: null });
    stub.onmessage?.({ data: { message: "null", contents: null } });
    expect(seen).toEqual([
      ["large", [[[[[1]]]]]],
      ["unsaid", new RuntimeError("Cannot read what another thread has sent")],
      ["null", new RuntimeError("Cannot read what another thread has sent")],
    ]);
  });
});

describe("takeAll()", () => {
  test("throws where too little stack is left to read anything, and loses nothing", () => {
    const { here, there, seen } = newMailboxes();
    there.post("small", [1]);
    there.post("large", [[[[[2]]]]]);
    const failures: unknown[] = [];
    const dive = (): void => {
      try {
        dive();
      } catch {
        // here is the deepest place; from it upwards there is more and more stack
      }
      if (seen.length > 0) return;
      try {
        here.takeAll();
      } catch (error) {
        failures.push(error);
      }
    };
    dive();
    expect(failures.length).toBeGreaterThan(1);
    expect(failures.every((each) => each instanceof RangeError)).toBe(true);
    expect(seen).toEqual([
      ["small", [1]],
      ["large", [[[[[2]]]]]],
    ]);
  });

  test("takes no more once the mailbox is closed, also by what was received", () => {
    const { port1, port2 } = new MessageChannel();
    const seen: string[] = [];
    const here = new Mailbox<string, string>(port1 as unknown as Port, (message) => {
      seen.push(message);
      here.close();
    });
    const there = new Mailbox<string, string>(port2 as unknown as Port, () => {});
    there.post("one", []);
    there.post("two", []);
    here.takeAll();
    here.takeAll();
    expect(seen).toEqual(["one"]);
  });
});
