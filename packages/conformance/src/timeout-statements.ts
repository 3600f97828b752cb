import { shield, type Timeout, waitFor } from "asyncio-ts";
import { type SharedStatements, Wait } from "./shared-statement.ts";

/** What waits for one thing, within limits or behind a shield. */
export const timeoutStatements = {
  wait_for(by, s) {
    const { world } = by;
    const [aw] = world.findAwaitables(by, s.op, [s.of]);
    if (aw === undefined) return undefined;
    return Wait.on(waitFor(aw, s.timeout), (result) => `wait_for = ${world.show(result)}`);
  },
  shield(by, s) {
    const { world } = by;
    const [aw] = world.findAwaitables(by, s.op, [s.of]);
    if (aw === undefined) return undefined;
    const outer = shield(aw);
    if (s.as !== undefined) world.put(s.as, outer);
    return Wait.on(outer, (result) => `shield = ${world.show(result)}`);
  },
  reschedule(by, s) {
    const { world, who } = by;
    const found = world.find(by, s) as Timeout | undefined;
    if (found === undefined) return;
    found.reschedule(s.after === null ? null : world.loop.time() + s.after);
    world.log(who, `reschedule ${s.of}`);
  },
} satisfies Partial<SharedStatements>;
