import { describe, expect, test } from "vitest";
import { collectGarbage, collectGarbageUntil } from "../test/collect-garbage.ts";
import { DropWatch, type Watched } from "./drop-watch.ts";

class Thing implements Watched {
  isSettled = false;
  readonly #reports: string[];
  readonly #name: string;

  constructor(name: string, reports: string[]) {
    this.#name = name;
    this.#reports = reports;
  }

  isUnsettled(): boolean {
    return !this.isSettled;
  }

  complaint(): { report(): void } {
    const reports = this.#reports;
    const name = this.#name;
    return { report: () => void reports.push(name) };
  }
}

describe("DropWatch", () => {
  test("reports an object that is dropped unsettled", async () => {
    const reports: string[] = [];
    const watch = new DropWatch();
    (() => watch.add(new Thing("dropped", reports)))();
    await collectGarbageUntil(() => reports.length > 0);
    expect(reports).toEqual(["dropped"]);
  });

  test("does not report what was settled before it was looked at, nor what is still held", async () => {
    const reports: string[] = [];
    const watch = new DropWatch();
    const held = new Thing("held", reports);
    (() => {
      const settled = new Thing("settled", reports);
      watch.add(settled);
      settled.isSettled = true;
    })();
    watch.add(held);
    (() => watch.add(new Thing("dropped", reports)))();
    await collectGarbageUntil(() => reports.length > 0);
    await collectGarbage();
    expect(reports).toEqual(["dropped"]);
    expect(held.isUnsettled()).toBe(true);
  });

  test("sweep() asks for complaints at once, and holds the objects no longer", async () => {
    const reports: string[] = [];
    let complaints = 0;
    class Counting extends Thing {
      override complaint(): { report(): void } {
        complaints++;
        return super.complaint();
      }
    }
    const watch = new DropWatch();
    (() => watch.add(new Counting("dropped", reports)))();
    expect(complaints).toBe(0);
    watch.sweep();
    expect(complaints).toBe(1);
    watch.sweep();
    expect(complaints).toBe(1);
    await collectGarbageUntil(() => reports.length > 0);
    expect(reports).toEqual(["dropped"]);
  });

  test("looks at a thousand objects at a time, so that a burst is not held until the next macrotask", () => {
    const complaints = burst(2_500, () => true);
    expect(complaints()).toBe(2_000);
  });

  test("does not hold what is settled when the next one comes", () => {
    const asked: Watched[] = [];
    const complaints = burst(2_500, (object) => asked.push(object) === 0);
    expect([complaints(), new Set(asked).size, asked.length]).toEqual([0, 2_499, 2_499]);
  });

  test("can be used again after it has looked", async () => {
    const reports: string[] = [];
    const watch = new DropWatch();
    for (const name of ["first", "second"]) {
      (() => watch.add(new Thing(name, reports)))();
      await collectGarbageUntil(() => reports.includes(name));
    }
    expect(reports).toEqual(["first", "second"]);
  });
});

/** Watch many objects, and answer how many were asked for a complaint so far. */
function burst(count: number, isUnsettled: (object: Watched) => boolean): () => number {
  let complaints = 0;
  const watch = new DropWatch();
  for (let n = 0; n < count; n++) {
    const object: Watched = {
      isUnsettled: () => isUnsettled(object),
      complaint() {
        complaints++;
        return { report() {} };
      },
    };
    watch.add(object);
  }
  return () => complaints;
}
