import assert from "node:assert/strict";
import { createTask } from "@asyncio-ts/tasks";
import { awaited } from "@asyncio-ts/tasks/testing";
import fc from "fast-check";
import { test } from "vitest";
import { turn } from "../test/turn.ts";
import { runVisits, visits } from "../test/visits.ts";
import { Barrier } from "./barrier.ts";
import { BrokenBarrierError } from "./errors.ts";

const breaks = fc.array(fc.record({ tick: fc.nat(15), abort: fc.boolean() }), { maxLength: 3 });

test("[91] Barrier: nobody passes without the others, and all are let out, whatever befalls those who wait", async () => {
  await fc.assert(
    fc.asyncProperty(visits, fc.integer({ min: 1, max: 4 }), breaks, async (input, parties, changes) => {
      const barrier = new Barrier(parties);
      const isCalm = input.visitors.every(
        (each) => each.cancels.length === 0 && each.abort === null && each.timeout === null,
      );
      /** The indices of those who have passed, by the number of the filling. */
      const passed: number[][] = [];
      let inside = 0;
      let mayBreak = changes.length > 0;
      await runVisits(input, {
        *visit({ arrival, choice }, limits) {
          yield* turn(arrival);
          for (let round = 0; round <= choice % 3; round++) {
            let index: number;
            inside++;
            try {
              index = yield* awaited(barrier.wait(limits));
            } catch (error) {
              if (!(error instanceof BrokenBarrierError)) throw error;
              assert(mayBreak);
              return;
            } finally {
              inside--;
            }
            if (index === parties - 1) passed.unshift([]); // the last to come is the first to go on
            const indices = passed[0] as number[];
            indices.push(index);
            assert(index >= 0 && index < parties && indices.length <= parties);
            if (isCalm) assert.equal(new Set(indices).size, indices.length);
          }
        },
        disturb(tick) {
          const { state, waiting } = barrier.statistics();
          assert(waiting <= inside && waiting < parties);
          assert.equal(barrier.broken, state === "broken");
          for (const each of changes) {
            if (each.tick === tick) createTask(each.abort ? barrier.abort() : barrier.reset());
          }
        },
        *help() {
          const { state, waiting } = barrier.statistics();
          assert(state === "filling" || state === "broken");
          assert.equal(waiting, inside); // nobody is kept out for ever
          mayBreak = true;
          yield* awaited(barrier.abort());
        },
      });
      assert.equal(inside, 0);
      assert.deepEqual(barrier.statistics(), { state: "broken", parties, waiting: 0 });
    }),
    { numRuns: 200 },
  );
});
