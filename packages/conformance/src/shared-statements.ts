import { combinatorStatements } from "./combinator-statements.ts";
import { groupStatements } from "./group-statements.ts";
import type { Statement } from "./program.ts";
import type { Return, Shared, SharedStatements, Wait } from "./shared-statement.ts";
import { taskStatements } from "./task-statements.ts";
import { timeoutStatements } from "./timeout-statements.ts";
import type { Performer } from "./world.ts";

const statements: SharedStatements = {
  ...taskStatements,
  ...combinatorStatements,
  ...timeoutStatements,
  ...groupStatements,
};

/** Perform a statement that no kind of body has of its own. */
export function performShared(by: Performer, s: Statement): Wait | Return | undefined {
  const statement = (statements as Partial<Record<string, Shared<never>>>)[s.op];
  if (statement === undefined) return by.world.stopAtUnsupported(s.op);
  return statement(by, s as never);
}
