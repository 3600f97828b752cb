import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Ring } from "./ring.ts";

describe("Ring", () => {
  test("is a plain list, whatever is put and taken", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -40, max: 60 }), { maxLength: 30 }), (steps) => {
        const ring = new Ring<number>();
        const list: number[] = [];
        let next = 0;
        for (const step of steps) {
          for (let n = 0; n < step; n++) {
            ring.put(next);
            list.push(next++);
          }
          for (let n = 0; n > step && list.length > 0; n--) expect(ring.take()).toBe(list.shift());
          expect(ring.length).toBe(list.length);
        }
        while (list.length > 0) expect(ring.take()).toBe(list.shift());
        expect(ring.length).toBe(0);
      }),
    );
  });

  test("keeps the order through a burst, and can be used after it", () => {
    const ring = new Ring<number>();
    for (let round = 0; round < 2; round++) {
      for (let n = 0; n < 50_000; n++) ring.put(n);
      for (let n = 0; n < 50_000; n++) if (ring.take() !== n) throw new Error(`Out of order at ${n}`);
    }
    ring.put(1);
    expect([ring.take(), ring.length]).toEqual([1, 0]);
  });
});
