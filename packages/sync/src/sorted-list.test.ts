import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Compare, SortedList } from "./sorted-list.ts";

interface Entry {
  readonly key: number;
  readonly order: number;
}

const byKey: Compare<Entry> = (a, b) => a.key - b.key;

function takeAll<T>(list: SortedList<T>): T[] {
  const all: T[] = [];
  while (list.length > 0) all.push(list.take());
  return all;
}

describe("SortedList", () => {
  test("gives the lowest first, and of equal ones that which was put first", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(null)), { maxLength: 200 }),
        (steps) => {
          const list = new SortedList(byKey);
          const model: Entry[] = [];
          const taken: [Entry, Entry | undefined][] = [];
          steps.forEach((key, order) => {
            if (key !== null) {
              const entry = { key, order };
              list.put(entry);
              model.push(entry);
              model.sort(byKey); // stable
            } else if (model.length > 0) taken.push([list.take(), model.shift()]);
            expect(list.length).toBe(model.length);
          });
          expect(takeAll(list)).toEqual(model);
        },
      ),
    );
  });

  test.each([
    ["up", (n: number) => n],
    ["down", (n: number) => -n],
    ["all equal", () => 0],
    ["mixed", (n: number) => (n * 7_919) % 1_000],
  ])("sorts 20,000 that come %s, through many runs", (_, keyOf) => {
    const list = new SortedList(byKey);
    const entries = Array.from({ length: 20_000 }, (_, order) => ({ key: keyOf(order), order }));
    for (const entry of entries) list.put(entry);
    expect(takeAll(list)).toEqual(entries.toSorted(byKey));
  });

  test("compares when an item is put, and not when it is taken", () => {
    let compared = 0;
    const list = new SortedList<number>((a, b) => {
      compared++;
      return a - b;
    });
    for (let n = 0; n < 1_000; n++) list.put((n * 617) % 1_000);
    expect(compared).toBeLessThan(1_000 * 12);
    const before = compared;
    takeAll(list);
    expect(compared).toBe(before);
  });

  test("is as it was when a comparison throws, and compares with both neighbours", () => {
    const list = new SortedList<string>((a, b) => {
      if (a.startsWith("!") !== b.startsWith("!") && a.at(-1) === b.at(-1)) throw new TypeError(`${a} and ${b}`);
      return Number(a.at(-1)) - Number(b.at(-1));
    });
    for (const item of ["a3", "a1", "a5", "a3"]) list.put(item);
    for (const item of ["!1", "!3", "!5"]) expect(() => list.put(item)).toThrow(TypeError);
    list.put("!4");
    expect(takeAll(list)).toEqual(["a1", "a3", "a3", "!4", "a5"]);
  });

  test("refuses an order that is no number, the first time already", () => {
    for (const [answer, shown] of [
      [Number.NaN, "NaN"],
      ["less", '"less"'],
      [undefined, "undefined"],
      [true, "true"],
    ]) {
      const list = new SortedList<number>(() => answer as number);
      const message = `compare() of a priority queue answers a number, not ${String(shown)}`;
      expect(() => list.put(1)).toThrow(new TypeError(message));
      expect(list.length).toBe(0);
    }
  });
});
