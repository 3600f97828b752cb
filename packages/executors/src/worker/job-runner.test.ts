import { describe, expect, test } from "vitest";
import { toRecord } from "../error-record.ts";
import { inline } from "../inline.ts";
import { nameOfJob } from "../job-name.ts";
import { DONE, ERROR, QUEUED, REVOKED, RUNNING, SKIPPED, STOPPING, VALUE, wordCount } from "../protocol.ts";
import { JobRunner } from "./job-runner.ts";
import { StopMarks } from "./stop-marks.ts";

type Reply = readonly [slot: number, kind: number, value: unknown];

/** A runner, and what it says to its pool. */
function makeRunner({ isShared }: { isShared: boolean }) {
  const replies: Reply[] = [];
  let longest = 0;
  const news: unknown[] = [];
  const words = isShared ? new Int32Array(new SharedArrayBuffer(wordCount * 4)) : null;
  const stops = isShared ? null : new StopMarks();
  const post = (message: unknown): void => {
    if (!Array.isArray(message)) return void news.push(message);
    longest = Math.max(longest, (message.length - 2) / 3);
    for (let i = 2; i < message.length; i += 3) replies.push(message.slice(i, i + 3) as unknown as Reply);
  };
  const runner = new JobRunner({ post, poll: () => undefined, words, stops }, () => false);
  return { runner, replies, news, words, stops, longestSlice: () => longest };
}

/** Wait until the pool has heard so many replies. */
async function until(replies: readonly unknown[], count: number): Promise<void> {
  while (replies.length < count) await new Promise((resolve) => setImmediate(resolve));
}

const nameOf = (f: (...args: never[]) => unknown) => nameOfJob(inline(f));
const double = [0, nameOf((n: number) => n * 2)];
const fail = [
  1,
  nameOf(() => {
    throw new RangeError("no");
  }),
];
const later = [2, nameOf(async (n: number) => n)];

describe("JobRunner", () => {
  test("runs the jobs of a batch, and replies in their order", async () => {
    const { runner, replies } = makeRunner({ isShared: false });
    runner.receive([0, 1, double, 1, 21, 1, 2, later, 1, "later", 2, 3, fail, 0, 3, 4, 0, 1, 5]);
    await until(replies, 4);
    expect(replies.map(([slot, kind]) => [slot, kind])).toEqual([
      [0, VALUE],
      [1, VALUE],
      [2, ERROR],
      [3, VALUE],
    ]);
    expect([replies[0]?.[2], replies[1]?.[2], replies[3]?.[2]]).toEqual([42, "later", 10]);
    expect(replies[2]?.[2]).toMatchObject({ message: "no" });
  });

  test("sends what it has before a job begins with which it might end", async () => {
    const { runner, replies } = makeRunner({ isShared: false });
    const look = [1, nameOf(() => (globalThis as { replyCount?: () => number }).replyCount?.())];
    Object.assign(globalThis, { replyCount: () => replies.length });
    runner.receive([0, 1, double, 1, 1, 1, 2, look, 0]);
    await until(replies, 2);
    // short enough for long enough that its results travel together
    for (let sent = 0; sent < 20_000; sent += 100) {
      runner.receive(Array.from({ length: 100 }, (_, n) => [n, 3 + sent + n, 0, 1, n]).flat());
      await until(replies, 2 + sent + 100);
    }
    const first = replies.length;
    runner.receive([0, 30_001, 0, 1, 1, 1, 30_002, 0, 1, 2, 2, 30_003, 1, -1, { isKillable: true }]);
    await until(replies, first + 3);
    expect(replies.slice(first)).toEqual([
      [0, VALUE, 2],
      [1, VALUE, 4],
      [2, VALUE, first + 2],
    ]);
  });

  test("of so many calls that were short, the results of one in 256 travel together at most", async () => {
    const { runner, replies, longestSlice } = makeRunner({ isShared: false });
    runner.receive([0, 1, double, 1, 1]);
    for (let sent = 0; sent < 20_000; sent += 100) {
      runner.receive(Array.from({ length: 100 }, (_, n) => [n, 2 + sent + n, 0, 1, n]).flat());
      await until(replies, 1 + sent + 100);
      expect(longestSlice()).toBeLessThanOrEqual(Math.max((sent + 101) / 256, 1));
    }
    expect(longestSlice()).toBeGreaterThan(8);
  });

  test("begins no job that was revoked, and says that its slot is free", async () => {
    const { runner, replies, words } = makeRunner({ isShared: true });
    words?.set([QUEUED, REVOKED, QUEUED]);
    runner.receive([0, 1, double, 1, 1, 1, 2, double, 1, 2, 2, 3, double, 1, 3]);
    await until(replies, 3);
    expect(replies).toEqual([
      [0, VALUE, 2],
      [1, SKIPPED, undefined],
      [2, VALUE, 6],
    ]);
    expect([...(words?.subarray(0, 3) ?? [])]).toEqual([DONE, REVOKED, DONE]);
  });

  test("isMarked() reads the word of the slot, or the id that has to stop there", () => {
    const shared = makeRunner({ isShared: true });
    shared.words?.set([RUNNING, STOPPING]);
    expect([shared.runner.isMarked(0, 1), shared.runner.isMarked(1, 2)]).toEqual([false, true]);
    const apart = makeRunner({ isShared: false });
    apart.stops?.add(3, 7);
    expect([apart.runner.isMarked(3, 7), apart.runner.isMarked(3, 8), apart.runner.isMarked(2, 7)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test("begins no job that has to stop already, where no memory is shared", async () => {
    const { runner, replies } = makeRunner({ isShared: false });
    runner.take({ kind: "stopJob", slot: 1, id: 2, reason: toRecord("enough") });
    runner.receive([0, 1, double, 1, 1, 1, 2, double, 1, 2, 1, 3, double, 1, 3]);
    await until(replies, 3);
    expect(replies.map(([slot, kind]) => [slot, kind])).toEqual([
      [0, VALUE],
      [1, ERROR],
      [1, VALUE], // another job at the same slot
    ]);
    expect(replies[1]?.[2]).toMatchObject({ name: "CancelledError" });
  });

  test("answers `sync` behind all replies, and says how many jobs have ended", async () => {
    const { runner, replies, news } = makeRunner({ isShared: false });
    runner.receive([0, 1, double, 1, 1]);
    await until(replies, 1);
    runner.receive({ kind: "sync" });
    expect(news).toEqual([{ kind: "synced", ended: 1 }]);
  });

  test("a thenable that calls back twice ends its job once, and no other", async () => {
    const { runner, replies } = makeRunner({ isShared: false });
    const twice = nameOf(() => ({
      then(resolve: (value: unknown) => void) {
        setImmediate(() => resolve("first"));
        setImmediate(() => setImmediate(() => resolve("second")));
      },
    }));
    runner.receive([0, 1, [0, twice], 0, 1, 2, [1, nameOf(() => new Promise((r) => setTimeout(r, 5, "other")))], 0]);
    await until(replies, 2);
    expect(replies).toEqual([
      [0, VALUE, "first"],
      [1, VALUE, "other"],
    ]);
  });

  test("a thenable that throws, or calls back at once, ends its job, and no other", async () => {
    const { runner, replies } = makeRunner({ isShared: false });
    const failing = nameOf(() => ({
      then() {
        throw new RangeError("in then");
      },
    }));
    const sudden = nameOf(() => ({
      then(resolve: (value: unknown) => void) {
        resolve("sudden");
        throw new RangeError("too late");
      },
    }));
    for (const _ of [1, 2]) runner.receive([0, 1, [0, failing], 0, 1, 2, [1, sudden], 0, 2, 3, later, 1, "later"]);
    await until(replies, 6);
    for (const at of [0, 3]) {
      expect(replies[at]).toMatchObject([0, ERROR, { message: "in then" }]);
      expect(replies.slice(at + 1, at + 3)).toEqual([
        [1, VALUE, "sudden"],
        [2, VALUE, "later"],
      ]);
    }
  });
});
