import { describe, expect, test } from "vitest";
import { ERROR, PROGRESS, VALUE } from "../protocol.ts";
import { transfer } from "../transfer.ts";
import { ReplySlice } from "./reply-slice.ts";
import type { WorkerLink } from "./worker-link.ts";

/** A line that clones what is posted, as real ones do. */
function lineOf(posted: { message: unknown; transfer: readonly object[] }[]): WorkerLink {
  return {
    words: null,
    stops: null,
    poll: () => undefined,
    post: (message, moved) => void posted.push({ message: structuredClone(message), transfer: moved }),
  };
}

describe("ReplySlice", () => {
  test("send() posts what was added in one message, and starts anew", () => {
    const posted: { message: unknown; transfer: readonly object[] }[] = [];
    const slice = new ReplySlice(lineOf(posted));
    expect(slice.isEmpty).toBe(true);
    slice.add(0, VALUE, "a");
    slice.add(1, VALUE, "b");
    expect(slice.isEmpty).toBe(false);
    slice.send(1.5, 3);
    slice.send(0, -1);
    expect(posted.map(({ message }) => message)).toEqual([
      [1.5, 3, 0, VALUE, "a", 1, VALUE, "b"],
      [0, -1],
    ]);
  });

  test("send() gives what cannot be cloned an error of its own, and the others their values", () => {
    const posted: { message: unknown[]; transfer: readonly object[] }[] = [];
    const slice = new ReplySlice(lineOf(posted as never));
    const [before, after] = [new ArrayBuffer(1), new ArrayBuffer(2)];
    slice.add(0, VALUE, transfer(before));
    slice.add(1, VALUE, () => {});
    slice.add(2, VALUE, transfer(after));
    slice.send(6, 4);

    expect(posted.map(({ message }) => message.slice(0, 4))).toEqual([
      [6, 4, 0, VALUE],
      [0, -1, 1, ERROR],
      [0, -1, 2, VALUE],
    ]);
    expect(posted.map(({ transfer: moved }) => moved)).toEqual([[before], [], [after]]);
    expect(posted[1]?.message[4]).toMatchObject({ name: "DataCloneError" });
  });

  test("sendNow() lets the caller know that a report cannot be cloned", () => {
    const slice = new ReplySlice(lineOf([]));
    expect(() => slice.sendNow(0, PROGRESS, () => {})).toThrow("could not be cloned");
  });

  test("unsent counts the replies that are being written, for one that ends the worker by being read", () => {
    const slice = new ReplySlice(lineOf([]));
    const seen: number[] = [];
    slice.add(0, VALUE, 1);
    slice.add(1, VALUE, {
      get value() {
        return seen.push(slice.unsent);
      },
    });
    slice.send(0, 1);
    expect([seen, slice.unsent]).toEqual([[2], 0]);
  });
});
