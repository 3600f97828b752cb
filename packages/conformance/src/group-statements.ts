import type { TaskGroup, Timeout } from "asyncio-ts";
import type { SharedStatements } from "./shared-statement.ts";

/** What happens in the scope of a task group or of a timeout. */
export const groupStatements = {
  spawn_in(by, s) {
    const { world, who } = by;
    const group = world.find(by, { op: s.op, of: s.group }) as TaskGroup | undefined;
    if (group === undefined) return;
    const { kind, run } = world.begin(s);
    const wasOpen = group.statistics().state === "entered";
    const task = group.createTask(kind === "native" ? run : run(), { name: s.as });
    // An eager task that makes the group shut down in its first step: CPython 3.13.0 forgets to cancel it (gh-128550).
    if (wasOpen && group.statistics().state === "cancelling" && !task.done()) world.leaveCPython();
    world.put(s.as, task);
    world.log(who, `spawned ${s.as}`);
  },
  reschedule(by, s) {
    const { world, who } = by;
    const scope = world.find(by, s) as Partial<Timeout> | undefined;
    if (scope?.reschedule === undefined) return; // other handles are passed over
    scope.reschedule(s.after === null ? null : world.loop.time() + s.after);
    world.log(who, `reschedule ${s.of}`);
  },
} satisfies Partial<SharedStatements>;
