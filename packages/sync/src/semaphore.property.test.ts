import assert from "node:assert/strict";
import { awaited } from "@asyncio-ts/tasks/testing";
import fc from "fast-check";
import { test } from "vitest";
import { turn } from "../test/turn.ts";
import { runVisits, visits } from "../test/visits.ts";
import { BoundedSemaphore } from "./semaphore.ts";

const sizes = fc.array(fc.record({ tick: fc.nat(15), limit: fc.nat(4) }), { maxLength: 4 });

test("[88] Semaphore: no permit too many, none lost, whatever befalls those who wait", async () => {
  await fc.assert(
    fc.asyncProperty(visits, fc.nat(3), sizes, async (input, limit, resizes) => {
      const semaphore = new BoundedSemaphore(limit);
      let inside = 0;
      function* stay(turns: number) {
        assert(++inside <= semaphore.inUse); // so many were allowed when they came
        try {
          yield* turn(turns);
        } finally {
          inside--;
        }
      }
      await runVisits(input, {
        *visit({ arrival, stay: turns, choice }, limits) {
          yield* turn(arrival);
          if (choice % 4 === 0) {
            using token = semaphore.tryAcquire();
            if (token !== null) yield* stay(turns);
            return;
          }
          using _ = yield* awaited(semaphore.acquire(limits));
          yield* stay(turns);
        },
        disturb(tick) {
          for (const each of resizes) if (each.tick === tick) semaphore.resize(each.limit);
          const { value, limit, inUse, waiting } = semaphore.statistics();
          assert.equal(value, Math.max(0, limit - inUse));
          assert(inUse >= inside);
          if (value > 0 && waiting > 0) assert(inUse > inside); // somebody is about to resume, who will wake them
        },
        *help() {
          const { inUse, limit, value } = semaphore.statistics();
          assert.deepEqual([inUse, inside, value], [0, 0, limit]);
          if (limit === 0) semaphore.resize(1); // then they may still wait
        },
      });
      const end = semaphore.limit;
      assert.deepEqual(semaphore.statistics(), { value: end, limit: end, inUse: 0, waiting: 0 });
      for (let n = 0; n < end; n++) assert(semaphore.tryAcquire() !== null);
      assert(semaphore.tryAcquire() === null);
    }),
    { numRuns: 200 },
  );
});
