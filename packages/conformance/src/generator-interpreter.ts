import { asCompleted, type GeneratorBody, type Timeout, taskGroup, timeout } from "asyncio-ts";
import { performShared } from "./perform-shared.ts";
import type { Block, CompoundOp, Statement, StatementOf } from "./program.ts";
import { E1, E2, isCaughtBy } from "./program-errors.ts";
import { type Return, Wait } from "./shared-statement.ts";
import { findLockable } from "./sync-statements.ts";
import type { Performer } from "./world.ts";

type Answer = GeneratorBody<Return | undefined> | GeneratorBody<void>;

/** Run a body, with `function*` and `yield*`. */
export function* runGenerator(by: Performer, body: Block): GeneratorBody<unknown> {
  const { world, who } = by;
  world.log(who, "start");
  let returned: Return | undefined;
  try {
    returned = yield* block(by, body);
  } catch (error) {
    world.log(who, `raise ${world.show(error)}`);
    throw error;
  }
  const value = returned === undefined ? null : returned.value;
  world.log(who, `return ${world.show(value)}`);
  return value;
}

function* block(by: Performer, body: Block): GeneratorBody<Return | undefined> {
  for (const s of body) {
    const returned = yield* perform(by, s);
    if (returned !== undefined) return returned;
  }
  return undefined;
}

function* perform(by: Performer, s: Statement): GeneratorBody<Return | undefined> {
  const compound = (compounds as Partial<Record<string, (by: Performer, s: never) => Answer>>)[s.op];
  if (compound !== undefined) return (yield* compound(by, s as never)) ?? undefined;
  const answer = performShared(by, s);
  if (!(answer instanceof Wait)) return answer;
  const result = yield* answer.on;
  by.world.log(by.who, answer.line(result));
  return undefined;
}

const compounds: { readonly [O in CompoundOp]: (by: Performer, s: StatementOf<O>) => Answer } = {
  *call({ world, who }, s) {
    const callee = world.begin(s);
    const result = callee.kind === "generator" ? yield* callee.run() : yield* world.wrap(callee);
    world.log(who, `called ${s.as} = ${world.show(result)}`);
  },

  *try(by, s) {
    const { world, who } = by;
    try {
      return yield* block(by, s.body);
    } catch (error) {
      if (!isCaughtBy(s.except, error)) throw error;
      world.log(who, `caught ${world.show(error)}`);
      const returned = yield* block(by, s.handler ?? []);
      if (returned === undefined && s.reraise) throw error;
      return returned;
    } finally {
      if (s.finally !== undefined) {
        world.log(who, "finally");
        const returned = yield* block(by, s.finally);
        // biome-ignore lint/correctness/noUnsafeFinally: as in Python, it takes the place of an error or of another return
        if (returned !== undefined) return returned; // oxlint-disable-line no-unsafe-finally
      }
    }
  },
  *repeat(by, s) {
    for (let n = 0; n < s.times; n++) {
      const returned = yield* block(by, s.body);
      if (returned !== undefined) return returned;
    }
    return undefined;
  },

  *as_completed(by, s) {
    const { world, who } = by;
    const of = world.findAwaitables(by, s.op, s.of);
    let n = 0;
    for (const next of asCompleted(of, { timeout: s.timeout })) {
      try {
        world.log(who, `completed ${n}: ${world.show(yield* next)}`);
      } catch (error) {
        if (!(error instanceof E1 || error instanceof E2)) throw error;
        world.log(who, `completed ${n}: ${world.show(error)}`);
      }
      n++;
    }
  },
  *as_completed_iter(by, s) {
    const { world, who } = by;
    const of = world.findAwaitables(by, s.op, s.of);
    const completed = asCompleted(of, { timeout: s.timeout })[Symbol.asyncIterator]();
    for (let next = yield* completed.next(); !next.done; next = yield* completed.next()) {
      const future = next.value;
      world.log(who, `completed ${world.nameOf(future)}: ${world.state(future)}`);
    }
  },

  *timeout(by, s) {
    const { world, who } = by;
    let scope: Timeout | undefined;
    try {
      return yield* timeout(s.after, function* (entered) {
        scope = entered;
        if (s.as !== undefined) world.put(s.as, scope);
        return yield* block(by, s.body);
      });
    } finally {
      world.log(who, `timeout expired=${world.show(scope?.expired())}`);
    }
  },
  *task_group(by, s) {
    const { world, who } = by;
    const returned = yield* taskGroup(function* (group) {
      world.put(s.as, group);
      return yield* block(by, s.body);
    });
    world.log(who, `group ${s.as} closed`);
    return returned;
  },

  *with(by, s) {
    const { world, who } = by;
    const lock = findLockable(by, s);
    if (lock === undefined) return undefined;
    const returned = yield* lock.with(function* () {
      world.log(who, `entered ${s.of}`);
      return yield* block(by, s.body);
    });
    world.log(who, `left ${s.of}`);
    return returned;
  },
};
