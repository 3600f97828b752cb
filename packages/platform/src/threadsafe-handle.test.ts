import { InvalidStateError, sleep } from "@asyncio-ts/tasks";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { BlockingHost } from "./blocking-host.ts";
import { EventLoop } from "./event-loop.ts";
import { takeMessage } from "./node-threads.ts";
import { openHandle, type Services } from "./threadsafe-handle.ts";
import { type Port, type Reply, type Request, sharedWord } from "./threadsafe-protocol.ts";
import { recordOf, thrownOf } from "./thrown-record.ts";

/** A loop, and the other end of a handle of it; nothing happens but in `until()`. */
class Peer {
  readonly host = new BlockingHost();
  readonly loop = new EventLoop(this.host);
  readonly port: Port;
  readonly words = new Map<number, Int32Array>();
  readonly replies: Reply[] = [];

  constructor(services: Services) {
    this.port = openHandle(this.loop, services, this.host).port as unknown as Port;
    onTestFinished(() => {
      this.loop.close();
      this.port.close();
    });
  }

  run(id: number, name: string, ...args: unknown[]): void {
    const word = sharedWord() as Int32Array;
    this.words.set(id, word);
    this.send({ kind: "run", id, name, args, word });
  }

  send(request: Request): void {
    this.port.postMessage(request);
  }

  /** Run the loop until so many replies have come. */
  until(count: number): readonly Reply[] {
    const running = this.loop.runForever();
    this.host.runUntil(() => this.taken().length >= count);
    this.loop.stop();
    this.host.runUntil(() => !this.loop.isRunning());
    void running;
    return this.taken();
  }

  taken(): readonly Reply[] {
    for (let next = takeMessage(this.port); next !== undefined; next = takeMessage(this.port)) {
      this.replies.push(next.message as Reply);
    }
    return this.replies;
  }

  /** How often each word was rung. */
  rung(): number[] {
    return [...this.words.values()].map((word) => word[0] as number);
  }
}

describe("a handle", () => {
  test("answers each request by its number, when its coroutine has ended", () => {
    const peer = new Peer({
      *late(value: string) {
        yield* sleep(0.001);
        return value;
      },
      *soon(value: string) {
        yield* sleep(0);
        return value;
      },
    });
    peer.run(7, "late", "a");
    peer.run(8, "soon", "b");
    expect(peer.until(2)).toEqual([
      { id: 8, kind: "returned", value: "b" },
      { id: 7, kind: "returned", value: "a" },
    ]);
    expect(peer.rung()).toEqual([1, 1]);
  });

  test("calls functions as methods of what it was given", () => {
    const peer = new Peer({
      *name() {
        yield* sleep(0);
        return (this as unknown as { word: string }).word;
      },
      word: "here",
    });
    peer.run(1, "name");
    expect(peer.until(1)).toEqual([{ id: 1, kind: "returned", value: "here" }]);
  });

  test("answers what was thrown, and that a result cannot be sent", () => {
    const peer = new Peer({
      fail: () => {
        throw new InvalidStateError("as it was");
      },
      *closure() {
        yield* sleep(0);
        return () => 1;
      },
    });
    peer.run(1, "fail");
    peer.run(2, "closure");
    const errors = peer.until(2).map((reply) => thrownOf((reply as Extract<Reply, { kind: "threw" }>).error));
    expect(errors).toEqual([
      new InvalidStateError("as it was"),
      expect.objectContaining({ message: expect.stringContaining("Cannot send the outcome to another thread") }),
    ]);
    expect(peer.rung()).toEqual([1, 1]);
  });

  test("cancels a task by its number, with the reason, and ignores a number that it does not know", () => {
    const peer = new Peer({ wait: () => sleep(60) });
    peer.send({ kind: "cancel", id: 9, reason: recordOf("nobody") });
    peer.run(1, "wait");
    peer.send({ kind: "cancel", id: 1, reason: recordOf(new InvalidStateError("enough")) });
    const [reply] = peer.until(1);
    expect(reply).toMatchObject({ id: 1, kind: "cancelled" });
    expect(thrownOf((reply as Extract<Reply, { kind: "cancelled" }>).reason)).toEqual(new InvalidStateError("enough"));
  });

  test("calls what is called without a task in order, and answers nothing", () => {
    const seen: number[] = [];
    const peer = new Peer({
      note: (n: number) => seen.push(n),
      *end() {
        yield* sleep(0);
      },
    });
    for (const n of [1, 2, 3]) peer.send({ kind: "callSoon", name: "note", args: [n] });
    peer.run(1, "end");
    expect(peer.until(1)).toHaveLength(1);
    expect(seen).toEqual([1, 2, 3]);
  });
});

describe("a handle whose loop is closed", () => {
  test("says so once, and rings those whose coroutines run and those who were not heard yet", () => {
    const peer = new Peer({
      wait: () => sleep(60),
      *end() {
        yield* sleep(0);
      },
    });
    peer.run(1, "wait");
    peer.run(2, "end");
    peer.until(1);
    peer.run(3, "end");
    expect(peer.rung()).toEqual([0, 1, 0]);
    vi.spyOn(console, "error").mockImplementationOnce(() => {}); // a task was pending
    peer.loop.close();
    expect(peer.rung()).toEqual([1, 1, 1]);
    expect(peer.taken().map(({ kind }) => kind)).toEqual(["returned", "closed"]);
    peer.loop.close();
    expect(peer.taken()).toHaveLength(2);
  });

  test("listens to the end of the thread no more; all handles share one listener", () => {
    const before = process.listenerCount("exit");
    const [one, other] = [new Peer({}), new Peer({})];
    expect(process.listenerCount("exit")).toBe(before + 1);
    one.loop.close();
    expect(process.listenerCount("exit")).toBe(before + 1);
    other.loop.close();
    expect(process.listenerCount("exit")).toBe(before);
  });
});

describe("openHandle()", () => {
  test("opens nothing for a loop that is closed, nor for what is no object", () => {
    const peer = new Peer({});
    expect(() => openHandle(peer.loop, 1 as never, null)).toThrow(
      new TypeError("threadsafeHandle() needs an object with functions, not 1"),
    );
    peer.loop.close();
    expect(() => openHandle(peer.loop, {}, null)).toThrow("Event loop is closed");
  });

  test("gives a bell to be rung only to a loop that sleeps", () => {
    const peer = new Peer({});
    expect(openHandle(peer.loop, {}, peer.host).bell).toBe(peer.host.bell);
    expect(openHandle(peer.loop, {}, null).bell).toBe(null);
  });
});
