import { type AnyVariable, type Context, currentContext } from "@asyncio-ts/contextvars";
import { type Scheduler, warn } from "@asyncio-ts/core";

/** The values that travel with a job, and the names of their variables in the same order. */
export interface ContextSnapshot {
  readonly names: readonly string[];
  readonly values: readonly unknown[];
}

const nothing: ContextSnapshot = { names: [], values: [] };

/**
 * What of the current context can travel: the values that can be cloned, as copies, whatever happens to them afterwards.
 *
 * Those that cannot stay behind, and so do those that would arrive as an empty object, as an AbortSignal does, and those of
 * two variables with the same name. Debug mode names these variables, each once.
 *
 * @param caller - Who takes it, as `"toThread"`.
 */
export function takeContext(caller: string, loop: Scheduler): ContextSnapshot {
  const context = currentContext();
  if (context.size === 0) return nothing;
  const names: string[] = [];
  const values: unknown[] = [];
  for (const [variable, value] of context.entries()) {
    names.push(variable.name);
    values.push(value);
  }
  // Nearly always all can travel, and to clone them together costs half of what one by one does.
  const copies = new Set(names).size === names.length ? copyAll(values) : null;
  return copies === null ? takeWhatCan(context, caller, loop) : { names, values: copies };
}

/** Copies of `values`; `null` if one of them cannot travel. */
function copyAll(values: readonly unknown[]): readonly unknown[] | null {
  if (values.every(isSimple)) return values;
  try {
    const copies = structuredClone(values);
    return copies.some((copy, i) => isHollow(copy, values[i])) ? null : copies;
  } catch {
    return null;
  }
}

/** Whether there is nothing to copy, and nothing that could fail. */
function isSimple(value: unknown): boolean {
  return value === null || !(typeof value === "object" || typeof value === "function" || typeof value === "symbol");
}

/** Whether nothing of an instance of a class is in its copy: whatever it was is hidden in it. */
function isHollow(copy: unknown, value: unknown): boolean {
  if (isSimple(copy) || Object.getPrototypeOf(copy) !== Object.prototype) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype !== Object.prototype && prototype !== null && Object.keys(copy as object).length === 0;
}

function takeWhatCan(context: Context, caller: string, loop: Scheduler): ContextSnapshot {
  const names: string[] = [];
  const values: unknown[] = [];
  const namesakes: AnyVariable[] = [];
  const unclonable: AnyVariable[] = [];
  const repeated = repeatedOf([...context.keys()].map(({ name }) => name));
  for (const [variable, value] of context.entries()) {
    const copies = repeated.has(variable.name) ? null : copyAll([value]);
    if (copies !== null) {
      names.push(variable.name);
      values.push(copies[0]);
    } else (repeated.has(variable.name) ? namesakes : unclonable).push(variable);
  }
  if (loop.getDebug()) {
    warnOf(caller, unclonable, "their values cannot be cloned");
    warnOf(caller, namesakes, "several variables have the same name");
  }
  return { names, values };
}

function repeatedOf(names: readonly string[]): Set<string> {
  return new Set(names.filter((name, i) => names.indexOf(name) !== i));
}

const warned = new WeakSet<AnyVariable>();

function warnOf(caller: string, left: readonly AnyVariable[], reason: string): void {
  const fresh = left.filter((variable) => !warned.has(variable));
  if (fresh.length === 0) return;
  for (const variable of fresh) warned.add(variable);
  const names = [...new Set(fresh.map(({ name }) => name))].join(", ");
  warn(`${caller}() leaves these context variables behind: ${names}; ${reason}`, "RuntimeWarning");
}
