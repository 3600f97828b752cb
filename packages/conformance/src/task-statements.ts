import { currentTask, type Future, type Handle, sleep, Task } from "asyncio-ts";
import { makeError } from "./program-errors.ts";
import { Return, type SharedStatements, Wait } from "./shared-statement.ts";
import type { Naming, Performer } from "./world.ts";

/** Futures, tasks and the callbacks of a loop. */
export const taskStatements = {
  log({ world, who }, s) {
    world.log(who, s.text);
  },
  raise(_by, s) {
    throw makeError(s.type, s.message);
  },
  return: (_by, s) => new Return(s.value),

  sleep: ({ world }, s) => Wait.on(sleep(s.for, s.value), (result) => `slept ${world.show(result)}`),
  await(by, s) {
    const future = by.world.findFuture(by, s);
    return future && Wait.on(future, (result) => `awaited ${s.of} = ${by.world.show(result)}`);
  },

  spawn({ world, who }, s) {
    const { kind, run } = world.begin(s);
    const task = world.loop.createTask(kind === "native" ? run : run(), { name: s.as });
    world.put(s.as, task);
    world.log(who, `spawned ${s.as}`);
  },
  cancel(by, s) {
    const found = by.world.find(by, s) as Future<unknown> | undefined;
    if (found !== undefined) by.world.log(by.who, `cancel ${s.of} = ${by.world.show(found.cancel(s.message))}`);
  },
  cancel_self({ world, who }, s) {
    world.log(who, `cancel_self = ${world.show(self().cancel(s.message))}`);
  },
  uncancel({ world, who }) {
    world.log(who, `uncancel = ${self().uncancel()}`);
  },
  cancelling({ world, who }) {
    world.log(who, `cancelling = ${self().cancelling()}`);
  },

  future({ world }, s) {
    world.put(s.as, world.loop.createFuture<unknown>());
  },
  set_result(by, s) {
    const future = findPlainFuture(by, s);
    if (future === undefined) return;
    future.setResult(s.value);
    by.world.log(by.who, `set ${s.of}`);
  },
  set_exception(by, s) {
    const future = findPlainFuture(by, s);
    if (future === undefined) return;
    future.setException(makeError(s.type, s.message));
    by.world.log(by.who, `set ${s.of}`);
  },
  state(by, s) {
    const future = by.world.findFuture(by, s);
    if (future !== undefined) by.world.log(by.who, `state ${s.of} = ${by.world.state(future)}`);
  },
  on_done(by, s) {
    const { world } = by;
    world.findFuture(by, s)?.addDoneCallback((future) => world.log("-", `${s.label}: ${world.state(future)}`));
  },

  soon({ world }, s) {
    const handle = world.loop.callSoon(() => world.log("-", s.text));
    if (s.as !== undefined) world.put(s.as, handle);
  },
  later({ world }, s) {
    const timer = world.loop.callLater(s.after, () => world.log("-", s.text));
    if (s.as !== undefined) world.put(s.as, timer);
  },
  drop(by, s) {
    const handle = by.world.find(by, s) as Handle | undefined;
    if (handle === undefined) return;
    handle.cancel();
    by.world.log(by.who, `drop ${s.of}`);
  },
  later_set(by, s) {
    const { world } = by;
    const future = findPlainFuture(by, s);
    if (future === undefined) return;
    world.loop.callLater(s.after, () => {
      if (future.done()) return;
      future.setResult(s.value);
      world.log("-", `fired ${s.of}`);
    });
  },
  later_cancel(by, s) {
    const { world } = by;
    const found = world.find(by, s) as Future<unknown> | undefined;
    if (found === undefined) return;
    world.loop.callLater(s.after, () => world.log("-", `cancel ${s.of} = ${world.show(found.cancel())}`));
  },
} satisfies Partial<SharedStatements>;

/** A future that may be set; a task is passed over, for it sets itself. */
function findPlainFuture(by: Performer, s: Naming): Future<unknown> | undefined {
  const found = by.world.findFuture(by, s);
  return found instanceof Task ? undefined : found;
}

function self(): Task<unknown> {
  return currentTask() as Task<unknown>;
}
