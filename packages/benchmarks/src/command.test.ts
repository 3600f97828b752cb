import { expect, test } from "vitest";
import { readWishes } from "./command.ts";

test("readWishes() of nothing measures all rows, memory and growth alone", () => {
  const wishes = readWishes([]);
  expect(wishes.rowNames).toContain("switch");
  expect([...wishes.others]).toEqual(expect.arrayContaining(["memory", "growth"]));
  for (const name of ["hosts", "page-turns", "ten-million"]) expect(wishes.others.has(name)).toBe(false);
});

test("readWishes() of names measures these", () => {
  const wishes = readWishes(["spawn", "ten-million", "--rounds", "3", "--keep"]);
  expect(wishes).toMatchObject({ rowNames: ["spawn"], rounds: 3, keep: true });
  expect(wishes.others.has("ten-million")).toBe(true);
});

test("readWishes() refuses unknown names and numbers of rounds that are none", () => {
  expect(() => readWishes(["swich"])).toThrow("There is nothing to measure by the name of 'swich'");
  for (const rounds of ["0", "1.5", "many"]) expect(() => readWishes(["--rounds", rounds])).toThrow(RangeError);
});

test("readWishes() of executors measures all rows of theirs, and of names some", () => {
  expect(readWishes(["executors"]).executorRowNames).toContain("thread-64");
  expect(readWishes(["executors"]).rowNames).toEqual([]);
  expect(readWishes(["process-64", "thread-one"]).executorRowNames).toEqual(["thread-one", "process-64"]);
  expect(readWishes([]).executorRowNames).toEqual([]);
});
