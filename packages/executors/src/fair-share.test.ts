import { expect, test } from "vitest";
import { fairShare } from "./fair-share.ts";

test.each([
  ["all get the same", 4, [0, 0], 2],
  ["no more than need be", 5, [0, 0], 3],
  ["those that have fewer get more", 4, [2, 0], 3],
  ["one that has more than its share gets none, and the others no more for it", 4, [7, 0, 0], 2],
  ["nor do several", 3, [9, 1, 8, 0], 2],
  ["one alone gets all", 7, [3], 10],
])("fairShare(): %s", (_, more, counts, share) => {
  const workers = counts.map((outstanding) => ({ outstanding }));
  expect(fairShare(more, workers)).toBe(share);
});
