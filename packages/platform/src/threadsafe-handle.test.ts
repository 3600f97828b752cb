import { InvalidStateError, sleep } from "@asyncio-ts/tasks";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { BlockingHost } from "./blocking-host.ts";
import { EventLoop } from "./event-loop.ts";
import { Mailbox } from "./mailbox.ts";
import { openHandle, type Services } from "./threadsafe-handle.ts";
import { type Contents, type Port, type Reply, type Request, thrownIn } from "./threadsafe-protocol.ts";
import { recordOf } from "./thrown-record.ts";

/** A reply with what came with it. */
type Answer = Reply & { readonly contents: Contents };

/** A loop, and the other end of a handle of it; nothing happens but in `until()`. */
class Peer {
  readonly host = new BlockingHost();
  readonly loop = new EventLoop(this.host);
  readonly answers: Answer[] = [];
  readonly #port: Port;
  readonly #mail: Mailbox<Request, Reply>;
  readonly #replyBell: Int32Array;

  constructor(services: Services) {
    const { port, replyBell } = openHandle(this.loop, services, this.host);
    this.#port = port as unknown as Port;
    this.#mail = new Mailbox(this.#port, (reply, contents) => this.answers.push({ ...reply, contents }));
    this.#replyBell = replyBell as Int32Array;
    onTestFinished(() => {
      this.loop.close();
      this.#mail.close();
    });
  }

  run(id: number, name: string, ...args: unknown[]): void {
    this.send({ kind: "run", id, name }, args);
  }

  send(request: Request, contents: readonly unknown[]): void {
    this.#mail.post(request, contents);
  }

  /** Run the loop until so many replies have come. */
  until(count: number): readonly Answer[] {
    const running = this.loop.runForever();
    this.host.runUntil(() => this.taken().length >= count);
    this.loop.stop();
    this.host.runUntil(() => !this.loop.isRunning());
    void running;
    return this.taken();
  }

  taken(): readonly Answer[] {
    this.#mail.takeAll();
    return this.answers;
  }

  /** As a thread does that ends. */
  async hangUp(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#port.addEventListener?.("close", resolve));
    this.#mail.close();
    await closed;
  }

  /** How often those who wait were rung. */
  rung(): number {
    return this.#replyBell[0] as number;
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
      { id: 8, kind: "returned", contents: ["b"] },
      { id: 7, kind: "returned", contents: ["a"] },
    ]);
    expect(peer.rung()).toBe(2);
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
    expect(peer.until(1)).toEqual([{ id: 1, kind: "returned", contents: ["here"] }]);
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
    const errors = peer.until(2).map(({ contents }) => thrownIn(contents));
    expect(errors).toEqual([
      new InvalidStateError("as it was"),
      expect.objectContaining({ message: expect.stringContaining("Cannot send the outcome to another thread") }),
    ]);
    expect(peer.rung()).toBe(2);
  });

  test("cancels a task by its number, with the reason, and ignores a number that it does not know", () => {
    const peer = new Peer({ wait: () => sleep(60) });
    peer.send({ kind: "cancel", id: 9 }, [recordOf("nobody")]);
    peer.run(1, "wait");
    peer.send({ kind: "cancel", id: 1 }, [recordOf(new InvalidStateError("enough"))]);
    const [answer] = peer.until(1);
    expect(answer).toMatchObject({ id: 1, kind: "cancelled" });
    expect(thrownIn(answer?.contents as Contents)).toEqual(new InvalidStateError("enough"));
  });

  test("calls what is called without a task in order, and answers nothing", () => {
    const seen: number[] = [];
    const peer = new Peer({
      note: (n: number) => seen.push(n),
      *end() {
        yield* sleep(0);
      },
    });
    for (const n of [1, 2, 3]) peer.send({ kind: "callSoon", name: "note" }, [n]);
    peer.run(1, "end");
    expect(peer.until(1)).toHaveLength(1);
    expect(seen).toEqual([1, 2, 3]);
  });
});

describe("a handle whose other end is gone", () => {
  test("leaves what its coroutines throw to the exception handler of the loop", async () => {
    const peer = new Peer({
      *fail() {
        yield* sleep(0.02); // it sleeps, and then hears that the other end is gone
        throw new RangeError("to nobody");
      },
    });
    const reports: unknown[] = [];
    peer.loop.setExceptionHandler((_, { exception }) => reports.push(exception));
    peer.run(1, "fail");
    await peer.hangUp();
    const done = peer.loop.runUntilComplete(sleep(0.04));
    peer.host.runUntil(() => !peer.loop.isRunning());
    await done;
    peer.loop.close();
    expect(reports).toEqual([new RangeError("to nobody")]);
  });
});

describe("a handle whose loop is closed", () => {
  test("says so once, and rings whoever waits", () => {
    const peer = new Peer({ wait: () => sleep(60) });
    peer.run(1, "wait");
    peer.run(2, "nothing");
    peer.until(1);
    peer.run(3, "wait");
    expect(peer.rung()).toBe(1);
    vi.spyOn(console, "error").mockImplementationOnce(() => {}); // a task was pending
    peer.loop.close();
    expect(peer.rung()).toBe(2);
    peer.loop.close();
    expect(peer.taken().map(({ kind }) => kind)).toEqual(["threw", "closed"]);
    expect(peer.rung()).toBe(2);
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
