import assert from "node:assert/strict";
import { awaited } from "@asyncio-ts/tasks/testing";
import fc from "fast-check";
import { test } from "vitest";
import { turn } from "../test/turn.ts";
import { runVisits, visits } from "../test/visits.ts";
import { Lock } from "./lock.ts";

test("[87] Lock: never two at a time, and nobody is forgotten, whatever befalls those who wait", async () => {
  await fc.assert(
    fc.asyncProperty(visits, async (input) => {
      const lock = new Lock();
      let inside = 0;
      function* stay(turns: number) {
        assert.equal(++inside, 1);
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
            using token = lock.tryAcquire();
            if (token !== null) yield* stay(turns);
          } else {
            using _ = yield* awaited(lock.acquire(limits));
            yield* stay(turns);
          }
        },
      });
      assert.deepEqual(lock.statistics(), { locked: false, waiting: 0 });
      assert(lock.tryAcquire() !== null);
    }),
    { numRuns: 200 },
  );
});
