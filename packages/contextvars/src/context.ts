import { currentFrame, runInFrame } from "./ambient.ts";
import { ContextVar } from "./context-var.ts";
import { RuntimeError } from "./errors.ts";
import { show } from "./show.ts";

/** A context variable of whatever type. */
// biome-ignore lint/suspicious/noExplicitAny: ContextVar is invariant, so `unknown` would fit none
export type AnyVariable = ContextVar<any>;

/** The values of the context variables; never changed once two contexts share it. */
type Values = Map<AnyVariable, unknown>;

const noValues: Values = new Map();

/**
 * The values of all context variables in one flow of control; a new one is empty.
 *
 * Every task runs in a copy of the context in which it was created, so what it sets stays inside it. A copy costs the
 * same whatever it holds: two contexts share their values until one of them is changed, which then costs a copy of all.
 *
 * @see {@link https://docs.python.org/3/library/contextvars.html#contextvars.Context}
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
   * An `async` function keeps the context over all of its awaits; where there is no AsyncLocalStorage, as in browsers,
   * up to the first one. The context can be entered again once `f` has returned, although its promise is pending.
   *
   * @returns What `f` returns.
   * @throws {TypeError} `f` is not a function.
   * @throws {RuntimeError} The context is the current one, or already entered further up the stack.
   * @throws What `f` throws.
   *
   * @example
   * const user = new ContextVar("user", { default: "nobody" });
   * new Context().run((name: string) => {
   *   user.set(name);
   *   return user.get();
   * }, "ann") // => "ann"
   * user.get() // => "nobody"
   */
  run<Args extends unknown[], R>(f: (...args: Args) => R, ...args: Args): R {
    if (typeof f !== "function") throw new TypeError(`Context.run() needs a function, not ${show(f)}`);
    if (this.#entered || currentContext() === this)
      throw new RuntimeError("Cannot enter a context that is already entered");
    this.#entered = true;
    try {
      return runInFrame({ context: this, owner: currentFrame()?.owner ?? null }, () => f(...args));
    } finally {
      this.#entered = false;
    }
  }

  /** A new context with the same values; what either of the two sets later, the other does not see. */
  copy(): Context {
    const copy = new Context();
    copy.#values = this.#share();
    return copy;
  }

  /**
   * The value that `variable` has here, or `fallback`; the default of the variable is not considered.
   *
   * @throws {TypeError} `variable` is not a context variable.
   *
   * @example
   * new Context().get(new ContextVar("user", { default: "nobody" })) // => undefined
   */
  get<T, F = undefined>(variable: ContextVar<T>, fallback?: F): T | F {
    checkVariable("get", variable);
    const value = this.#values.get(variable);
    return value !== undefined || this.#values.has(variable) ? (value as T) : (fallback as F);
  }

  /**
   * Whether `variable` was given a value here; `undefined` is one as well.
   *
   * @throws {TypeError} `variable` is not a context variable.
   */
  has<T>(variable: ContextVar<T>): boolean {
    checkVariable("has", variable);
    return this.#values.has(variable);
  }

  /** How many variables have a value here. */
  get size(): number {
    return this.#values.size;
  }

  /**
   * The variables that have a value here, in the order in which they first got one.
   *
   * This, `values()`, `entries()` and iteration go on over what the context held when they were called.
   */
  keys(): IterableIterator<AnyVariable> {
    return this.#share().keys();
  }

  /** The values, in the order of `keys()`. */
  values(): IterableIterator<unknown> {
    return this.#share().values();
  }

  /** The variables with their values, in the order of `keys()`: Python's `items()`. */
  entries(): IterableIterator<[AnyVariable, unknown]> {
    return this.#share().entries();
  }

  /** As `keys()`. */
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
  throw new TypeError(`Context.${method}() needs a context variable, not ${show(variable)}`);
}

const root = new Context();

/**
 * The context of the current flow of control; outside of any, that of the thread.
 *
 * It is the context itself, and what is set later shows in it; `copyContext()` is what Python offers.
 *
 * @example
 * const context = new Context();
 * context.run(currentContext) === context // => true
 */
export function currentContext(): Context {
  return currentFrame()?.context ?? root;
}

/**
 * A copy of the current context, at the same cost whatever it holds.
 *
 * @see {@link https://docs.python.org/3/library/contextvars.html#contextvars.copy_context}
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
