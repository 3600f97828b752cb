import { gather, shield, wait, waitFor } from "asyncio-ts";
import { type SharedStatements, Wait } from "./shared-statement.ts";

/** What makes one awaitable of others. */
export const combinatorStatements = {
  gather(by, s) {
    const { world } = by;
    const of = world.findAwaitables(by, s.op, s.of);
    const all = gather(of, { returnExceptions: s.return_exceptions ?? false });
    world.put(s.as, all);
    if (s.wait === false) return undefined;
    return Wait.on(all, (results) => `gathered ${s.as} = ${world.show(results)}`);
  },
  wait(by, s) {
    const { world } = by;
    const of = world.findAwaitables(by, s.op, s.of);
    if (of.length === 0) return undefined;
    return Wait.on(
      wait(of, { timeout: s.timeout, returnWhen: s.until }),
      ({ done, pending }) => `waited done=${world.showNames(done)} pending=${world.showNames(pending)}`,
    );
  },
  wait_for(by, s) {
    const { world } = by;
    const [awaitable] = world.findAwaitables(by, s.op, [s.of]);
    return awaitable && Wait.on(waitFor(awaitable, s.timeout), (result) => `wait_for = ${world.show(result)}`);
  },
  shield(by, s) {
    const { world } = by;
    const [awaitable] = world.findAwaitables(by, s.op, [s.of]);
    if (awaitable === undefined) return undefined;
    const outer = shield(awaitable);
    if (s.as !== undefined) world.put(s.as, outer);
    return Wait.on(outer, (result) => `shield = ${world.show(result)}`);
  },
} satisfies Partial<SharedStatements>;
