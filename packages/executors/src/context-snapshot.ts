import { Context, ContextVar, currentContext, show } from "@asyncio-ts/contextvars";
import { type Scheduler, warn } from "@asyncio-ts/core";
import { perThread } from "./per-thread.ts";

type AnyVariable = ContextVar<unknown>;

/** The values that travel with a job, by the names of their variables. */
export type ContextSnapshot = readonly (readonly [name: string, value: unknown])[];

/** A variable, and how to enter a context of the copy of `contextvars` that it belongs to. */
interface CarriedVariable {
  readonly variable: AnyVariable;
  readonly runWith: typeof runWith;
}

const carriedVariables = perThread("carriedVariables.1", () => ({
  byName: new Map<string, CarriedVariable[]>(),
  all: new WeakSet<object>(),
}));

/**
 * Let the value of `variable` travel with the jobs that `toThread` starts.
 *
 * A context variable is an object, and the worker has another one: the two are the same by their name alone. So the name
 * has to be one that nobody else uses, as `"my-app.user"`, and this has to run on both sides: best where the variable is
 * defined, in a module that the module of the job imports. Without that, the value stays behind.
 *
 * @returns `variable`.
 * @throws {TypeError} `variable` is not a context variable.
 *
 * @example
 * const user = carried(new ContextVar<string>("my-app.user"));
 * user.name // => "my-app.user"
 */
export function carried<T>(variable: ContextVar<T>): ContextVar<T> {
  if (!(variable instanceof ContextVar))
    throw new TypeError(`carried() needs a context variable, not ${show(variable)}`);
  if (carriedVariables.all.has(variable)) return variable;
  const sameName = carriedVariables.byName.get(variable.name) ?? [];
  carriedVariables.byName.set(variable.name, [...sameName, { variable: variable as AnyVariable, runWith }]);
  carriedVariables.all.add(variable);
  return variable;
}

/**
 * The values of the current context that can travel: those of variables that were given to `carried`, if they can be cloned.
 *
 * In debug mode the others are named, each once.
 *
 * @param caller - Who takes it, as `"toThread"`.
 */
export function takeContext(caller: string, loop: Scheduler): ContextSnapshot {
  const values: (readonly [string, unknown])[] = [];
  const left: AnyVariable[] = [];
  for (const [variable, value] of currentContext().entries()) {
    if (carriedVariables.all.has(variable) && canBeCloned(value)) values.push([variable.name, value]);
    else left.push(variable);
  }
  if (left.length > 0 && loop.getDebug()) warnOf(caller, left);
  return values;
}

/** Call `f` in a new context with the values of `snapshot`, as far as this thread has the variables. */
export function runInSnapshot<R>(snapshot: ContextSnapshot, f: () => R): R {
  const groups = new Map<typeof runWith, [AnyVariable, unknown][]>();
  for (const [name, value] of snapshot) {
    for (const { variable, runWith: enter } of carriedVariables.byName.get(name) ?? []) {
      const group = groups.get(enter);
      if (group === undefined) groups.set(enter, [[variable, value]]);
      else group.push([variable, value]);
    }
  }
  let run = f;
  for (const [enter, values] of groups) {
    const inner = run;
    run = () => enter(values, inner);
  }
  return run();
}

/** Call `f` in a new context with these values. Each copy of this package has its own, as it has its own contexts. */
function runWith<R>(values: readonly (readonly [AnyVariable, unknown])[], f: () => R): R {
  return new Context().run(() => {
    for (const [variable, value] of values) variable.set(value);
    return f();
  });
}

function canBeCloned(value: unknown): boolean {
  if (typeof value !== "object" && typeof value !== "function" && typeof value !== "symbol") return true;
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

const named = new WeakSet<AnyVariable>();

function warnOf(caller: string, left: readonly AnyVariable[]): void {
  const fresh = left.filter((variable) => !named.has(variable));
  if (fresh.length === 0) return;
  for (const variable of fresh) named.add(variable);
  const names = fresh.map(({ name }) => name).join(", ");
  const reason = "their values cannot be cloned, or they were not given to carried()";
  warn(`${caller}() leaves these context variables behind: ${names}; ${reason}`, "RuntimeWarning");
}
