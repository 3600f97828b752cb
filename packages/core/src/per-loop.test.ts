import { describe, expect, test } from "vitest";
import { VirtualLoop } from "../test/virtual-loop.ts";
import { perLoop } from "./per-loop.ts";

describe("perLoop()", () => {
  test("makes an entry when it is first asked for, once for each loop", () => {
    const loops = [new VirtualLoop(), new VirtualLoop()] as const;
    const made: unknown[] = [];
    const stateOf = perLoop((loop) => {
      made.push(loop);
      return { calls: 0 };
    });
    expect(made).toEqual([]);

    stateOf(loops[0]).calls++;
    stateOf(loops[1]).calls += 10;
    stateOf(loops[0]).calls++;

    expect([stateOf(loops[0]).calls, stateOf(loops[1]).calls]).toEqual([2, 10]);
    expect(made).toHaveLength(2);
    expect(made[0]).toBe(loops[0]);
    expect(made[1]).toBe(loops[1]);
  });

  test("keeps the tables of two layers apart", () => {
    const loop = new VirtualLoop();
    const [first, second] = [perLoop(() => ["first"]), perLoop(() => ["second"])];

    expect([first(loop), second(loop)]).toEqual([["first"], ["second"]]);
  });

  test("lets a maker ask for the entry of another loop", () => {
    const [outer, inner] = [new VirtualLoop(), new VirtualLoop()];
    const stateOf = perLoop((loop): string => (loop === outer ? `around ${stateOf(inner)}` : "inner"));

    expect(stateOf(outer)).toBe("around inner");
    expect(stateOf(inner)).toBe("inner");
  });

  test("keeps the entry of a loop that is closed", () => {
    const loop = new VirtualLoop();
    const stateOf = perLoop(() => ({ calls: 0 }));
    stateOf(loop).calls = 3;

    loop.close();

    expect(stateOf(loop).calls).toBe(3);
  });

  test("makes no entry when its maker throws", () => {
    const loop = new VirtualLoop();
    let isBroken = true;
    const stateOf = perLoop(() => {
      if (isBroken) throw new Error("not yet");
      return "made";
    });

    expect(() => stateOf(loop)).toThrow("not yet");
    isBroken = false;
    expect(stateOf(loop)).toBe("made");
  });

  test("holds neither a closed loop nor its entry", async () => {
    const stateOf = perLoop(() => ({ calls: 0 }));
    const makeAndClose = (): WeakRef<object>[] => {
      const loop = new VirtualLoop();
      const refs = [new WeakRef(loop), new WeakRef(stateOf(loop))];
      loop.close();
      return refs;
    };

    const refs = makeAndClose();
    await new Promise((resolve) => setImmediate(resolve)); // a WeakRef holds its target until the job is over
    globalThis.gc?.();

    expect(refs.map((ref) => ref.deref())).toEqual([undefined, undefined]);
  });
});
