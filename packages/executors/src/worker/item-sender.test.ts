import { describe, expect, test } from "vitest";
import { ITEM } from "../protocol.ts";
import { ItemSender } from "./item-sender.ts";
import { ReplySlice } from "./reply-slice.ts";

function makeSender() {
  const items: unknown[] = [];
  const state = { isStopped: false };
  const replies = new ReplySlice({
    words: null,
    stops: null,
    poll: () => undefined,
    post: (message) => {
      const [, , slot, kind, value] = structuredClone(message) as unknown[];
      if (kind === ITEM) items.push([slot, value]);
    },
  });
  return { items, state, sender: new ItemSender(replies, () => state.isStopped) };
}

/** Let all that is ready run: senders wait for a turn of the event loop between items. */
async function turns(count: number): Promise<void> {
  for (; count > 0; count--) await new Promise((resolve) => setImmediate(resolve));
}

function* count(n: number) {
  for (let i = 1; i <= n; i++) yield i;
  return "end";
}

describe("ItemSender", () => {
  test("sendAll() sends the items, and answers what the generator returns", async () => {
    const { sender, items } = makeSender();
    expect(await sender.sendAll(5, 1, count(2), 10)).toBe("end");
    expect(items).toEqual([
      [5, 1],
      [5, 2],
    ]);
  });

  test("sendAll() sends no more than it has credit for; credit of other jobs does not count", async () => {
    const { sender, items } = makeSender();
    const sent = sender.sendAll(5, 1, count(4), 2);
    await turns(10);
    expect(items).toHaveLength(2);
    sender.addCredit(5, 2, 10);
    sender.addCredit(4, 1, 10);
    await turns(10);
    expect(items).toHaveLength(2);
    sender.addCredit(5, 1, 3);
    expect(await sent).toBe("end");
    expect(items).toHaveLength(4);
  });

  test("sendAll() ends the generator at its yield when the job is stopped, also while it waits for credit", async () => {
    const { sender, items, state } = makeSender();
    let isCleanedUp = false;
    function* careful() {
      try {
        yield* count(100);
      } finally {
        isCleanedUp = true;
      }
    }
    const sent = sender.sendAll(0, 1, careful(), 3);
    await turns(10);
    state.isStopped = true;
    sender.stop();
    await sent;
    expect([items.length, isCleanedUp]).toEqual([3, true]);
  });

  test("sendAll() takes async generators and promises of generators, and refuses what cannot be iterated", async () => {
    const { sender, items } = makeSender();
    async function* later() {
      yield "later";
    }
    await sender.sendAll(0, 1, later(), 9);
    await sender.sendAll(0, 2, Promise.resolve(["listed"]), 9);
    expect(items).toEqual([
      [0, "later"],
      [0, "listed"],
    ]);
    await expect(sender.sendAll(0, 3, 7, 9)).rejects.toThrow(
      "stream() needs a function that makes an iterable, but it returned 7",
    );
  });
  test("sendAll() ends the generator at its yield when an item cannot be sent", async () => {
    const { sender } = makeSender();
    let isCleanedUp = false;
    function* careful() {
      try {
        yield () => {};
      } finally {
        isCleanedUp = true;
      }
    }
    await expect(sender.sendAll(0, 1, careful(), 3)).rejects.toThrow("could not be cloned");
    expect(isCleanedUp).toBe(true);
  });
});
