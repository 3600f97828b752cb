import { createTask, sleep } from "@asyncio-ts/tasks";
import { awaited, failureOf } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { channel } from "./channel.ts";
import { BrokenChannelError, ClosedChannelError, EndOfChannelError } from "./errors.ts";

const ended = new EndOfChannelError("Cannot receive from a channel whose senders are all closed");
const broken = new BrokenChannelError("Cannot send into a channel whose receivers are all closed");

describe("channel(), closed", () => {
  eachEngine("receivers get the rest, and then come to an end", function* () {
    const { sender, receiver } = channel<number>(5);
    for (const n of [1, 2]) yield* awaited(sender.send(n));
    sender.close();
    expect([yield* awaited(receiver.receive()), receiver.tryReceive()]).toEqual([1, { item: 2 }]);
    expect(yield* failureOf(receiver.receive())).toEqual(ended);
    expect(() => receiver.tryReceive()).toThrow(ended);
    expect(yield* awaited(receiver[Symbol.asyncIterator]().next())).toEqual({ done: true, value: undefined });
  });

  eachEngine("receivers that wait come to an end, once those before them have taken what is left", function* () {
    const { sender, receiver } = channel<number>(0);
    const receivers = [1, 2, 3].map(() => createTask(receiver.receive()));
    yield* awaited(sleep(0));
    sender.trySend(7);
    sender.close();
    receivers[0]?.cancel();
    const results: unknown[] = [];
    for (const task of receivers) results.push(yield* awaited(task.catch((error) => (error as Error).name)));
    expect(results).toEqual(["CancelledError", 7, "EndOfChannelError"]);
  });

  eachEngine("for await ends, for each of several receivers, when the last of several senders is closed", function* () {
    const { sender, receiver } = channel<number>(0);
    const consumers = [receiver, receiver.clone()].map((own) =>
      createTask(async () => {
        const seen: number[] = [];
        for await (const n of own) seen.push(n);
        own.close();
        return seen;
      }),
    );
    const other = sender.clone();
    for (const n of [1, 2]) yield* awaited(sender.send(n));
    sender.close();
    for (const n of [3, 4]) yield* awaited(other.send(n));
    yield* awaited(sleep(1));
    expect(consumers.map((consumer) => consumer.done())).toEqual([false, false]);
    other.close();
    const seen = [
      ...(yield* awaited(consumers[0] as PromiseLike<number[]>)),
      ...(yield* awaited(consumers[1] as PromiseLike<number[]>)),
    ];
    expect(seen.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4]);
    expect(sender.statistics()).toMatchObject({ senders: 0, receivers: 0 });
  });

  eachEngine("senders are refused when the last receiver is closed, those that wait too", function* () {
    const { sender, receiver } = channel<number>(1);
    const clone = receiver.clone();
    yield* awaited(sender.send(1));
    const sending = createTask(sender.send(2));
    yield* awaited(sleep(0));
    receiver.close();
    yield* awaited(sleep(0));
    expect(sending.done()).toBe(false);
    clone.close();
    expect(yield* failureOf(sending)).toEqual(broken);
    expect(yield* failureOf(sender.send(3))).toEqual(broken);
    expect(() => sender.trySend(3)).toThrow(broken);
    expect(sender.statistics()).toMatchObject({ buffered: 0, sending: 0, receivers: 0 });
  });

  eachEngine("an end that is closed refuses those who wait at it, and not those at its clones", function* () {
    const { sender, receiver } = channel<number>(0);
    const [otherSender, otherReceiver] = [sender.clone(), receiver.clone()];
    const receivers = [receiver, otherReceiver].map((own) => createTask(own.receive()));
    yield* awaited(sleep(0));
    receiver.close();
    expect(yield* failureOf(receivers[0] as PromiseLike<number>)).toEqual(
      new ClosedChannelError("Cannot go on receiving from an end that was closed"),
    );
    expect(receivers[1]?.done()).toBe(false);
    yield* awaited(sender.send(1));
    const senders = [sender, otherSender].map((own, n) => createTask(own.send(n)));
    yield* awaited(sleep(0));
    sender.close();
    expect(yield* failureOf(senders[0] as PromiseLike<void>)).toEqual(
      new ClosedChannelError("Cannot go on sending through an end that was closed"),
    );
    expect(yield* awaited(otherReceiver.receive())).toBe(1);
    yield* awaited(senders[1] as PromiseLike<void>);
  });

  eachEngine("a receiver closed after it was woken has taken nothing", function* () {
    const { sender, receiver } = channel<number>(1);
    const other = receiver.clone();
    const receivers = [receiver, other].map((own) => createTask(own.receive()));
    yield* awaited(sleep(0));
    yield* awaited(sender.send(1));
    receiver.close();
    expect(yield* failureOf(receivers[0] as PromiseLike<number>)).toBeInstanceOf(ClosedChannelError);
    expect(yield* awaited(receivers[1] as PromiseLike<number>)).toBe(1);
  });

  eachEngine("an end that is closed can do nothing, and can be closed again", function* () {
    const { sender, receiver } = channel<number>(1);
    for (const end of [sender, receiver]) {
      end.close();
      end.close();
      expect(end.isClosed).toBe(true);
      expect(() => end.clone()).toThrow(new ClosedChannelError("Cannot clone an end that is closed"));
    }
    const closed = (action: string) => new ClosedChannelError(`Cannot ${action} through an end that is closed`);
    expect(yield* failureOf(sender.send(1))).toEqual(closed("send"));
    expect(() => sender.trySend(1)).toThrow(closed("send"));
    expect(yield* failureOf(receiver.receive())).toEqual(closed("receive"));
    expect(() => receiver.tryReceive()).toThrow(closed("receive"));
    expect(sender.statistics()).toMatchObject({ senders: 0, receivers: 0 });
  });

  test("`using` closes an end", () => {
    const { sender, receiver } = channel<number>(1);
    sender[Symbol.dispose]();
    receiver[Symbol.dispose]();
    expect([sender.isClosed, receiver.isClosed]).toEqual([true, true]);
  });

  test("shows how things stand", () => {
    const { sender, receiver } = channel<number>(2);
    sender.trySend(1);
    receiver.clone();
    sender.clone().close();
    expect(String(sender)).toBe("<Sender capacity=2 buffered=1 senders=1 receivers=2>");
    receiver.close();
    expect(String(receiver)).toBe("<Receiver capacity=2 buffered=1 senders=1 receivers=1 closed>");
    const counts = { capacity: 2, buffered: 1, senders: 1, receivers: 1, sending: 0, receiving: 0 };
    expect(receiver.statistics()).toEqual(counts);
  });
});
