import { RuntimeError } from "@asyncio-ts/contextvars";
import { CancelledError, createTask, sleep, TimeoutError } from "@asyncio-ts/tasks";
import { awaited, failureOf, runVirtual, turnsOf } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { channel } from "./channel.ts";

describe("channel()", () => {
  eachEngine("gives what is sent, in order", function* () {
    const { sender, receiver } = channel<number>(3);
    for (const n of [1, 3, 2]) yield* awaited(sender.send(n));
    const received = [
      yield* awaited(receiver.receive()),
      receiver.tryReceive()?.item,
      yield* awaited(receiver.receive()),
    ];
    expect(received).toEqual([1, 3, 2]);
  });

  eachEngine("send() with room and receive() of what is there take no turn", function* ({ loop }) {
    const { sender, receiver } = channel<number>(1);
    const turns = yield* turnsOf(
      loop,
      (function* () {
        for (let n = 0; n < 3; n++) {
          yield* awaited(sender.send(n, { timeout: 1 }));
          expect(yield* awaited(receiver.receive())).toBe(n);
        }
      })(),
    );
    expect(turns).toBe(0);
  });

  eachEngine("holds senders back until there is room, and accepts their items in order", function* () {
    const { sender, receiver } = channel<string>(1);
    const log: string[] = [];
    const senders = ["a", "b", "c"].map((item) =>
      createTask(function* () {
        yield* sender.send(item);
        log.push(item);
      }),
    );
    yield* awaited(sleep(0));
    expect([log, receiver.statistics().sending]).toEqual([["a"], 2]);
    expect(receiver.tryReceive()).toEqual({ item: "a" });
    expect(receiver.statistics()).toMatchObject({ buffered: 1, sending: 1 }); // b took its place
    yield* awaited(sleep(0));
    expect(log).toEqual(["a", "b"]);
    expect([yield* awaited(receiver.receive()), yield* awaited(receiver.receive())]).toEqual(["b", "c"]);
    for (const task of senders) yield* awaited(task);
  });

  eachEngine("serves receivers in the order in which they came", function* () {
    const { sender, receiver } = channel<number>(5);
    const log: string[] = [];
    const receivers = ["a", "b", "c"].map((name) =>
      createTask(function* () {
        log.push(`${name}${yield* receiver.receive()}`);
      }),
    );
    yield* awaited(sleep(0));
    for (let n = 0; n < 3; n++) yield* awaited(sender.send(n));
    expect(receiver.tryReceive()).toBe(null); // the others have a claim to all
    for (const task of receivers) yield* awaited(task);
    expect(log).toEqual(["a0", "b1", "c2"]);
  });

  eachEngine("with a capacity of 0, send() goes on when a receiver has taken the item", function* () {
    const { sender, receiver } = channel<string>(0);
    const sending = createTask(sender.send("hello"));
    yield* awaited(sleep(1));
    expect([sending.done(), sender.statistics().buffered]).toEqual([false, 0]);
    expect(yield* awaited(receiver.receive())).toBe("hello");
    expect(sending.done()).toBe(false);
    yield* awaited(sleep(0));
    expect(sending.done()).toBe(true);

    const receiving = createTask(receiver.receive());
    yield* awaited(sleep(0));
    yield* awaited(sender.send("again"));
    expect(receiving.done()).toBe(true);
    expect(yield* awaited(receiving)).toBe("again");
  });

  eachEngine("trySend() needs room or a receiver that waits", function* () {
    const { sender, receiver } = channel<number>(0);
    expect(sender.trySend(1)).toBe(false);
    const receivers = [1, 2].map(() => createTask(receiver.receive()));
    yield* awaited(sleep(0));
    expect([sender.trySend(1), sender.trySend(2), sender.trySend(3)]).toEqual([true, true, false]);
    receivers[0]?.cancel(); // it was woken for 1
    yield* failureOf(receivers[0] as PromiseLike<number>);
    expect(yield* awaited(receivers[1] as PromiseLike<number>)).toBe(1);
    expect([receiver.tryReceive(), receiver.tryReceive()]).toEqual([{ item: 2 }, null]);
  });

  eachEngine("trySend() overtakes nobody", function* () {
    const { sender, receiver } = channel<number>(0);
    const receivers = [1, 2].map(() => createTask(receiver.receive()));
    yield* awaited(sleep(0));
    const sending = createTask(sender.send(1));
    yield* awaited(sleep(0));
    expect([sender.trySend(2), receiver.statistics().receiving]).toEqual([false, 1]);
    yield* awaited(sending);
    yield* awaited(sender.send(2));
    expect([receivers[0]?.result(), receivers[1]?.result()]).toEqual([1, 2]);
  });

  eachEngine("with a capacity of 0, an item in the hand of a receiver makes no room for a sender", function* () {
    const { sender, receiver } = channel<number>(0);
    const receiving = createTask(receiver.receive());
    yield* awaited(sleep(0));
    expect(sender.trySend(1)).toBe(true);
    const sending = createTask(sender.send(2), { eagerStart: true });
    expect(yield* awaited(receiving)).toBe(1);
    yield* awaited(sleep(1));
    expect([sending.done(), receiver.tryReceive()]).toEqual([false, { item: 2 }]);
    yield* awaited(sending);
  });

  eachEngine("a receiver cancelled after it was woken has taken nothing", function* () {
    const { sender, receiver } = channel<string>(0);
    const receivers = [1, 2].map(() => createTask(receiver.receive()));
    yield* awaited(sleep(0));
    const sending = createTask(sender.send("hello"));
    yield* awaited(sleep(0));
    receivers[0]?.cancel();
    expect(yield* failureOf(receivers[0] as PromiseLike<string>)).toBeInstanceOf(CancelledError);
    expect(yield* awaited(receivers[1] as PromiseLike<string>)).toBe("hello");
    yield* awaited(sending);
  });

  eachEngine("a sender cancelled before its item was taken has sent nothing", function* () {
    const { sender, receiver } = channel<string>(0);
    const receiving = createTask(receiver.receive());
    const senders = ["a", "b"].map((item) => createTask(sender.send(item)));
    yield* awaited(sleep(0));
    senders[0]?.cancel(); // the receiver is woken already
    expect(yield* failureOf(senders[0] as PromiseLike<void>)).toBeInstanceOf(CancelledError);
    expect(yield* awaited(receiving)).toBe("b");
    yield* awaited(senders[1] as PromiseLike<void>);
    expect(receiver.statistics()).toMatchObject({ buffered: 0, sending: 0, receiving: 0 });
  });

  eachEngine("a sender cancelled after its item was taken is cancelled, and the item is there once", function* () {
    const { sender, receiver } = channel<string>(0);
    const sending = createTask(sender.send("hello"));
    yield* awaited(sleep(0));
    expect(receiver.tryReceive()).toEqual({ item: "hello" });
    sending.cancel();
    expect(yield* failureOf(sending)).toBeInstanceOf(CancelledError);
    expect(receiver.tryReceive()).toBe(null);
  });

  eachEngine("send() and receive() end at their limits, and are gone from the lines", function* ({ loop }) {
    const { sender, receiver } = channel<string>(0);
    expect(yield* failureOf(receiver.receive({ timeout: 2 }))).toEqual(
      new TimeoutError("receive() timed out after 2 s"),
    );
    expect(yield* failureOf(sender.send("a", { timeout: 3 }))).toEqual(new TimeoutError("send() timed out after 3 s"));
    const signal = AbortSignal.abort(new Error("enough"));
    expect(yield* failureOf(receiver.receive({ signal }))).toBe(signal.reason);
    expect(yield* failureOf(sender.send("a", { signal }))).toBe(signal.reason);
    expect(loop.time()).toBe(5);
    expect(sender.statistics()).toMatchObject({ buffered: 0, sending: 0, receiving: 0 });
  });

  eachEngine("a timeout counts from the call, though its item was withdrawn meanwhile", function* ({ loop }) {
    const { sender, receiver } = channel<string>(0);
    const receiving = createTask(receiver.receive({ timeout: 10 }));
    yield* awaited(sleep(6));
    const sending = createTask(sender.send("never mind"));
    yield* awaited(sleep(0));
    sending.cancel();
    expect(yield* failureOf(receiving)).toBeInstanceOf(TimeoutError);
    expect(loop.time()).toBe(10);
    yield* failureOf(sending);
  });

  test("refuses what is no capacity, and limits that make no sense, at the call", () => {
    expect(() => channel("1" as never)).toThrow(new TypeError('The capacity of a channel is a number, not "1"'));
    for (const capacity of [-1, 0.5, Number.NaN, Number.NEGATIVE_INFINITY]) {
      const message = `The capacity of a channel is a whole number that is not negative, not ${capacity}`;
      expect(() => channel(capacity)).toThrow(new RangeError(message));
    }
    const { sender, receiver } = channel(1);
    expect(() => sender.send(1, { timeout: Number.NaN })).toThrow(new RangeError("send() cannot use NaN as timeout"));
    expect(() => receiver.receive(5 as never)).toThrow(new TypeError("receive() needs an object of options, not 5"));
    expect(sender.statistics().buffered).toBe(0);
  });

  test("holds any number with a capacity of Infinity", () => {
    const { sender, receiver } = channel<number>(Number.POSITIVE_INFINITY);
    for (let n = 0; n < 1_000; n++) expect(sender.trySend(n)).toBe(true);
    expect(receiver.statistics().buffered).toBe(1_000);
  });

  test("belongs to the loop of the first that had to wait", async () => {
    const { receiver } = channel<number>(1);
    await runVirtual(async () => {
      await receiver.receive({ timeout: 1 }).catch(() => {});
    });
    await runVirtual(async () => {
      const error = await receiver.receive().catch((reason: unknown) => reason);
      expect(error).toEqual(new RuntimeError("<channel> is bound to a different event loop"));
    });
  });
});
