import { combinatorStatements } from "./combinator-statements.ts";
import { groupStatements } from "./group-statements.ts";
import type { Statement } from "./program.ts";
import { queueStatements } from "./queue-statements.ts";
import type { Return, Shared, SharedStatements, Wait } from "./shared-statement.ts";
import { syncStatements } from "./sync-statements.ts";
import { taskStatements } from "./task-statements.ts";
import type { Performer } from "./world.ts";

const statements: SharedStatements = {
  ...taskStatements,
  ...combinatorStatements,
  ...groupStatements,
  ...syncStatements,
  ...queueStatements,
};

/** Perform a statement that no kind of body has of its own; if there is something to wait for, the body has to do that. */
export function performShared(by: Performer, s: Statement): Wait | Return | undefined {
  const statement = (statements as Partial<Record<string, Shared<never>>>)[s.op];
  if (statement === undefined) return by.world.stopAtUnsupported(s.op);
  return statement(by, s as never);
}
