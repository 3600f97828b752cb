import { expect, test } from "vitest";
import { RoomLine } from "./room-line.ts";

/** A line for a place that there are `free` of, and who has entered. */
function makeLine(free: number) {
  const places = { free };
  const line = new RoomLine(() => places.free);
  const entered: string[] = [];
  const enter = (name: string): Promise<void> => line.wait().then(() => void entered.push(name));
  return { line, places, entered, enter };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("RoomLine lets in as many as there are places, in the order in which they came", async () => {
  const { line, places, entered, enter } = makeLine(0);
  const all = ["a", "b", "c"].map(enter);
  await turn();
  expect(entered).toEqual([]);
  places.free = 2;
  line.open();
  await all[1];
  expect(entered).toEqual(["a", "b"]);
  places.free = 0;
  line.openAll();
  await all[2];
  expect(entered).toEqual(["a", "b", "c"]);
});

test("RoomLine keeps a place for one who was let in, until it is taken", async () => {
  const { line, places, entered, enter } = makeLine(1);
  void enter("a");
  const second = enter("b");
  await Promise.resolve();
  await Promise.resolve();
  expect(entered).toEqual(["a"]);
  line.take();
  places.free = 0; // "a" has it
  await turn();
  expect(entered).toEqual(["a"]);
  places.free = 1;
  line.open();
  await second;
});

test("RoomLine gives a place to the next when whoever was let in does not come for it", async () => {
  const { entered, enter } = makeLine(1);
  const all = ["a", "b", "c"].map(enter);
  await Promise.all(all);
  expect(entered).toEqual(["a", "b", "c"]);
});

test("RoomLine lets everybody in where there is no limit", async () => {
  const { entered, enter } = makeLine(Number.POSITIVE_INFINITY);
  await Promise.all(["a", "b"].map(enter));
  expect(entered).toEqual(["a", "b"]);
});
