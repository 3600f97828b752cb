import type { TaskGroup } from "asyncio-ts";
import type { SharedStatements } from "./shared-statement.ts";

/** What happens in the scope of a task group. */
export const groupStatements = {
  spawn_in(by, s) {
    const { world, who } = by;
    const group = world.find(by, { op: s.op, of: s.group }) as TaskGroup | undefined;
    if (group === undefined) return;
    const { kind, run } = world.begin(s);
    const task = group.createTask(kind === "native" ? run : run(), { name: s.as });
    world.put(s.as, task);
    world.log(who, `spawned ${s.as}`);
  },
} satisfies Partial<SharedStatements>;
