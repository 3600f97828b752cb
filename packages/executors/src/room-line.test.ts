import { expect, test } from "vitest";
import { RoomLine } from "./room-line.ts";

test("RoomLine lets in so many, in the order in which they came", async () => {
  const line = new RoomLine();
  const entered: number[] = [];
  const all = [1, 2, 3, 4].map((n) => line.wait().then(() => entered.push(n)));
  line.open(0);
  line.open(2);
  await all[1];
  expect(entered).toEqual([1, 2]);
  line.openAll();
  await Promise.all(all);
  expect(entered).toEqual([1, 2, 3, 4]);
  line.open(5); // nobody waits: the places are not kept
  let hasEntered = false;
  void line.wait().then(() => {
    hasEntered = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(hasEntered).toBe(false);
});
