import { currentFrame, runInFrame } from "./ambient.ts";
import { ContextVar } from "./context-var.ts";
import { RuntimeError } from "./errors.ts";

// biome-ignore lint/suspicious/noExplicitAny: a variable of any type; ContextVar is invariant, so `unknown` would fit none
type AnyVariable = ContextVar<any>;

/** The values of the context variables; never changed once two contexts share it. */
type Values = Map<AnyVariable, unknown>;

const noValues: Values = new Map();

/**
 * The values of all context variables in one flow of control.
 *
 * Every task runs in a copy of the context in which it was created, so what it sets stays inside it. A copy costs the
 * same whatever it holds: two contexts share their values until one of them is changed.
 *
 * @see {@link https://docs.python.org/3/library/contextvars.html}
 *
 * @example
 * const user = new ContextVar("user", { default: "nobody" });
 * const context = new Context();
 * context.run(() => user.set("ann"));
 * context.get(user) // => "ann"
 * user.get() // => "nobody"
 */
export class Context implements Iterable<AnyVariable> {
  #values = noValues;
  /** Somebody else may look at the same values: they are copied before they are changed. */
  #shared = true;
  #entered = false;

  /**
   * Call `f` with `args` in this context; changes that it makes to context variables stay here.
   *
   * An `async` function keeps the context over all of its awaits.
   *
   * @throws {RuntimeError} The context is already entered further up the stack.
   */
  run<Args extends unknown[], R>(f: (...args: Args) => R, ...args: Args): R {
    if (typeof f !== "function") throw new TypeError(`Context.run() needs a function, not ${String(f)}`);
    if (this.#entered || currentContext() === this)
      throw new RuntimeError("Cannot enter a context that is already entered");
    this.#entered = true;
    try {
      return runInFrame({ context: this, owner: currentFrame()?.owner ?? null }, () => f(...args));
    } finally {
      this.#entered = false;
    }
  }

  /** A new context with the same values. */
  copy(): Context {
    const copy = new Context();
    copy.#values = this.#share();
    return copy;
  }

  /** The value that `variable` has here, or `fallback`; the default of the variable is not considered. */
  get<T, F = undefined>(variable: ContextVar<T>, fallback?: F): T | F {
    checkVariable("get", variable);
    const value = this.#values.get(variable);
    return value !== undefined || this.#values.has(variable) ? (value as T) : (fallback as F);
  }

  /** Whether `variable` was given a value here. */
  has<T>(variable: ContextVar<T>): boolean {
    checkVariable("has", variable);
    return this.#values.has(variable);
  }

  /** How many variables have a value here. */
  get size(): number {
    return this.#values.size;
  }

  /** The variables that have a value here. */
  keys(): IterableIterator<AnyVariable> {
    return this.#share().keys();
  }

  /** The values, in the order of `keys()`. */
  values(): IterableIterator<unknown> {
    return this.#share().values();
  }

  /** The variables with their values. */
  entries(): IterableIterator<[AnyVariable, unknown]> {
    return this.#share().entries();
  }

  [Symbol.iterator](): IterableIterator<AnyVariable> {
    return this.keys();
  }

  #share(): Values {
    this.#shared = true;
    return this.#values;
  }

  /** @internal Give `variable` a value, or take it away; only a `ContextVar` does that, and only in its own flow. */
  static write(context: Context, variable: AnyVariable, change: { value: unknown } | null): void {
    if (context.#shared) {
      context.#values = new Map(context.#values);
      context.#shared = false;
    }
    if (change === null) context.#values.delete(variable);
    else context.#values.set(variable, change.value);
  }
}

function checkVariable(method: string, variable: unknown): void {
  if (variable instanceof ContextVar) return;
  throw new TypeError(`Context.${method}() needs a context variable, not ${String(variable)}`);
}

const root = new Context();

/** The context of the current flow of control; outside of any, that of the thread. */
export function currentContext(): Context {
  return currentFrame()?.context ?? root;
}

/**
 * A copy of the current context, at the same cost whatever it holds.
 *
 * @example
 * const user = new ContextVar<string>("user");
 * const before = copyContext();
 * before.run(() => user.set("ann"));
 * before.get(user) // => "ann"
 */
export function copyContext(): Context {
  return currentContext().copy();
}
