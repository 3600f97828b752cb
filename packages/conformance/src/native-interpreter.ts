import { sleep } from "asyncio-ts";
import type { Block, Statement, StatementOf, SuspendingOp } from "./program.ts";
import { isCaughtBy } from "./program-errors.ts";
import { performShared, type Return } from "./shared-statements.ts";
import type { Performer } from "./world.ts";

type Answer = Promise<Return | undefined>;

/** Run a body, with `async` functions and `await`. */
export async function runNative(by: Performer, body: Block): Promise<unknown> {
  const { world, who } = by;
  world.log(who, "start");
  let returned: Return | undefined;
  try {
    returned = await block(by, body);
  } catch (error) {
    world.log(who, `raise ${world.show(error)}`);
    throw error;
  }
  const value = returned === undefined ? null : returned.value;
  world.log(who, `return ${world.show(value)}`);
  return value;
}

async function block(by: Performer, body: Block): Promise<Return | undefined> {
  for (const s of body) {
    const returned = await perform(by, s);
    if (returned !== undefined) return returned;
  }
  return undefined;
}

async function perform(by: Performer, s: Statement): Promise<Return | undefined> {
  const statement = (statements as Partial<Record<string, (by: Performer, s: never) => Answer>>)[s.op];
  if (statement === undefined) return performShared(by, s);
  return await statement(by, s as never);
}

const statements: { readonly [O in SuspendingOp]: (by: Performer, s: StatementOf<O>) => Answer } = {
  async sleep({ world, who }, s) {
    const result = await sleep(s.for, s.value);
    world.log(who, `slept ${world.show(result)}`);
  },
  async await(by, s) {
    const { world, who } = by;
    const future = world.findFuture(by, s);
    if (future === undefined) return;
    const result = await future;
    world.log(who, `awaited ${s.of} = ${world.show(result)}`);
  },
  async call({ world, who }, s) {
    const callee = world.begin(s);
    const result = callee.kind === "native" ? await callee.run() : await world.wrap(callee);
    world.log(who, `called ${s.as} = ${world.show(result)}`);
  },

  async try(by, s) {
    const { world, who } = by;
    try {
      return await block(by, s.body);
    } catch (error) {
      if (!isCaughtBy(s.except, error)) throw error;
      world.log(who, `caught ${world.show(error)}`);
      const returned = await block(by, s.handler ?? []);
      if (returned === undefined && s.reraise) throw error;
      return returned;
    } finally {
      if (s.finally !== undefined) {
        world.log(who, "finally");
        const returned = await block(by, s.finally);
        // biome-ignore lint/correctness/noUnsafeFinally: as in Python, it takes the place of an error or of another return
        if (returned !== undefined) return returned; // oxlint-disable-line no-unsafe-finally
      }
    }
  },
  async repeat(by, s) {
    for (let n = 0; n < s.times; n++) {
      const returned = await block(by, s.body);
      if (returned !== undefined) return returned;
    }
    return undefined;
  },
};
