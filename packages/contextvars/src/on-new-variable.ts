import { type AnyVariable, Context } from "./context.ts";

/**
 * Is told of a new context variable, and of the class of the contexts that can hold it: each copy of this package has its
 * own.
 */
export type VariableListener = (variable: AnyVariable, contexts: typeof Context) => void;

/** What the copies of this package in one thread share. The key says which shape it has: a new one needs a new key. */
const key = Symbol.for("asyncio-ts.contextvars.variableListeners.1");
const shared = globalThis as { [key]?: Set<VariableListener> };

/**
 * Call `listener` with each context variable that is made in this thread from now on, by whichever copy of this package.
 *
 * For those who have to find variables by their names, as a worker does when the values of another thread arrive. Nobody
 * else keeps a list, so variables cost nothing but themselves; who keeps one does well to hold them weakly.
 *
 * @param listener - Runs within `new ContextVar()`, so what it throws is thrown there.
 * @returns Ends it.
 *
 * @example
 * const names: string[] = [];
 * const end = onNewVariable(({ name }) => names.push(name));
 * new ContextVar("my-app.user");
 * end();
 * new ContextVar("my-app.locale");
 * names // => ["my-app.user"]
 */
export function onNewVariable(listener: VariableListener): () => void {
  shared[key] ??= new Set();
  const listeners = shared[key];
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Tell of a new variable. */
export function announceVariable(variable: AnyVariable): void {
  const listeners = shared[key];
  if (listeners === undefined) return;
  for (const listener of listeners) listener(variable, Context);
}
