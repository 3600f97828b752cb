import { type Context, onNewVariable } from "@asyncio-ts/contextvars";
import type { ContextSnapshot } from "../context-snapshot.ts";
import { VariablesByName } from "./variables-by-name.ts";

/** The variables of this thread, for each copy of `contextvars` by the class of its contexts. */
const copies = new Map<typeof Context, VariablesByName>();

/**
 * Note the variables that are made in this thread from now on: those that get the values of a snapshot.
 *
 * @returns Ends it.
 */
export function noteVariables(): () => void {
  return onNewVariable((variable, contexts) => {
    const variables = copies.get(contexts) ?? new VariablesByName();
    copies.set(contexts, variables);
    variables.add(variable);
  });
}

/**
 * Call `f` in a new context with the values of `snapshot`, as far as this thread has the variables.
 *
 * All that have the name get the value: a package may be there twice, and whether one that nobody uses any more was
 * collected must make no difference.
 */
export function runInSnapshot<R>(snapshot: ContextSnapshot, f: () => R): R {
  let run = f;
  for (const [contexts, variables] of copies) {
    const inner = run;
    run = () => new contexts().run(() => enter(snapshot, variables, inner));
  }
  return run();
}

function enter<R>({ names, values }: ContextSnapshot, variables: VariablesByName, f: () => R): R {
  for (const [i, name] of names.entries()) {
    for (const variable of variables.get(name)) variable.set(values[i]);
  }
  return f();
}
