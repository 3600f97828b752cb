import assert from "node:assert/strict";
import { awaited } from "@asyncio-ts/tasks/testing";
import fc from "fast-check";
import { test } from "vitest";
import { turn } from "../test/turn.ts";
import { runVisits, visits } from "../test/visits.ts";
import { Condition } from "./condition.ts";

test("[89] Condition: no notification is lost, and the lock is held after each wait, whatever befalls it", async () => {
  await fc.assert(
    fc.asyncProperty(visits, async (input) => {
      const condition = new Condition();
      let stock = 0;
      let isOver = false;
      let isHeld = false;
      function* holding(script: () => Generator<unknown, void, unknown>) {
        yield* awaited(condition.acquire());
        take();
        try {
          yield* script();
        } finally {
          leave();
          condition.release();
        }
      }
      const take = () => {
        assert.equal(isHeld, false);
        isHeld = true;
      };
      const leave = () => {
        assert.equal(isHeld, true);
        isHeld = false;
      };
      await runVisits(input, {
        *visit({ arrival, stay, choice }, limits) {
          yield* turn(arrival);
          if (choice % 4 === 0) {
            yield* turn(stay);
            yield* holding(function* () {
              stock++;
              condition.notify();
            });
            return;
          }
          yield* holding(function* () {
            while (stock === 0 && !isOver) {
              leave();
              try {
                if (choice % 4 === 1) yield* awaited(condition.wait(limits));
                else yield* awaited(condition.waitFor(() => stock > 0 || isOver, limits));
              } finally {
                take();
              }
            }
            stock--;
            yield* turn(stay);
          });
        },
        *help() {
          const { waiting, lock } = condition.statistics();
          assert.deepEqual(lock, { locked: false, waiting: 0 });
          assert(waiting === 0 || stock === 0, "somebody waits for what is there");
          yield* holding(function* () {
            isOver = true;
            condition.notifyAll();
          });
        },
      });
      assert.deepEqual(condition.statistics(), { waiting: 0, lock: { locked: false, waiting: 0 } });
    }),
    { numRuns: 200 },
  );
});
