import assert from "node:assert/strict";
import { awaited } from "@asyncio-ts/tasks/testing";
import fc from "fast-check";
import { test } from "vitest";
import { turn } from "../test/turn.ts";
import { runVisits, visits } from "../test/visits.ts";
import { Event } from "./event.ts";

const changes = fc.array(fc.record({ tick: fc.nat(15), set: fc.boolean() }), { maxLength: 8 });

test("[90] Event: every set() wakes all who wait, whatever befalls them", async () => {
  await fc.assert(
    fc.asyncProperty(visits, changes, async (input, flags) => {
      const event = new Event();
      let sets = 0;
      await runVisits(input, {
        *visit({ arrival }, limits) {
          yield* turn(arrival);
          const before = event.isSet() ? -1 : sets;
          yield* awaited(event.wait(limits));
          assert(sets > before);
        },
        disturb(tick) {
          for (const each of flags) {
            if (each.tick !== tick) continue;
            if (!each.set) event.clear();
            else {
              event.set();
              sets++;
              assert.equal(event.statistics().waiting, 0);
            }
          }
        },
        *help() {
          sets++;
          event.set();
        },
      });
      assert.deepEqual(event.statistics(), { isSet: true, waiting: 0 });
    }),
    { numRuns: 200 },
  );
});
