import { Context, currentContext } from "./context.ts";
import { LookupError, RuntimeError } from "./errors.ts";
import { announceVariable } from "./on-new-variable.ts";
import { show } from "./show.ts";

/**
 * A variable whose value belongs to the flow of control: each task sees its own.
 *
 * @see {@link https://docs.python.org/3/library/contextvars.html#contextvars.ContextVar}
 *
 * @example
 * const user = new ContextVar<string>("user");
 * const token = user.set("ann");
 * user.get() // => "ann"
 * user.reset(token);
 * user.get("nobody") // => "nobody"
 */
export class ContextVar<T> {
  /** What the variable was called when it was made; need not be unique. */
  readonly name: string;
  readonly #default: { readonly value: T } | null;

  /**
   * @param name - For messages; need not be unique. Values find their way into other threads by it, so choose one that
   * nobody else does, as `"my-app.user"`.
   * @param options - `default`: what `get()` answers where no value was set; `undefined` counts as one.
   * @throws {TypeError} `name` is not a string.
   */
  constructor(name: string, options?: { readonly default: T }) {
    if (typeof name !== "string") throw new TypeError(`The name of a context variable is a string, not ${show(name)}`);
    this.name = name;
    this.#default = options !== undefined && "default" in options ? { value: options.default } : null;
    announceVariable(this);
  }

  /**
   * The value in the current context, else `fallback`, else the default of the variable.
   *
   * @throws {LookupError} There is none of the three.
   *
   * @example
   * const color = new ContextVar("color", { default: "blue" });
   * color.get() // => "blue"
   * color.get("red") // => "red"
   * color.set("green");
   * color.get("red") // => "green"
   */
  get(): T;
  get<F>(fallback: F): T | F;
  get<F>(...fallback: [F?]): T | F {
    const value = currentContext().get(this, Token.MISSING);
    if (value !== Token.MISSING) return value as T;
    if (fallback.length > 0) return fallback[0] as F;
    if (this.#default !== null) return this.#default.value;
    throw new LookupError(`The context variable "${this.name}" has no value in this context`);
  }

  /**
   * Set the value in the current context.
   *
   * @returns A token that `reset` takes to restore what was there before. It is disposable, so
   * `using _ = variable.set(value)` restores at the end of the block.
   *
   * @example
   * const color = new ContextVar("color", { default: "blue" });
   * {
   *   using _ = color.set("red");
   *   color.get() // => "red"
   * }
   * color.get() // => "blue"
   */
  set(value: T): Token<T> {
    const context = currentContext();
    const token = new Token<T>(this, context);
    Context.write(context, this, { value });
    return token;
  }

  /**
   * Restore the value from before the `set` that made `token`, whatever was set since.
   *
   * @throws {TypeError} `token` is not a token.
   * @throws {RangeError} The token belongs to another variable, or to another context. It remains usable.
   * @throws {RuntimeError} The token was used already.
   */
  reset(token: Token<T>): void {
    if (!(token instanceof Token)) throw new TypeError(`ContextVar.reset() needs a token, not ${show(token)}`);
    if (token.variable !== this) {
      throw new RangeError(
        `The token was made by the context variable "${token.variable.name}", not by "${this.name}"`,
      );
    }
    Token.use(token);
  }
}

/**
 * The memory of one `ContextVar.set`: which variable, and what it held before. It can be used once.
 *
 * @see {@link https://docs.python.org/3/library/contextvars.html#contextvars.Token}
 *
 * @example
 * const user = new ContextVar("user", { default: "nobody" });
 * user.set("ann").oldValue === Token.MISSING // => true
 */
export class Token<T> implements Disposable {
  /** Stands for "no value", in `oldValue`. */
  static readonly MISSING: unique symbol = Symbol("Token.MISSING");

  /** The variable that was set: Python's `var`. */
  readonly variable: ContextVar<T>;
  /** What the variable held before, or `Token.MISSING`. */
  readonly oldValue: T | typeof Token.MISSING;
  readonly #context: Context;
  #used = false;

  /** @internal */
  constructor(variable: ContextVar<T>, context: Context) {
    this.variable = variable;
    this.#context = context;
    this.oldValue = context.get(variable, Token.MISSING);
  }

  /**
   * Restore the variable: the same as `variable.reset(token)`.
   *
   * @throws {RangeError} The token belongs to another context.
   * @throws {RuntimeError} The token was used already.
   */
  [Symbol.dispose](): void {
    Token.use(this);
  }

  /** @internal */
  static use<T>(token: Token<T>): void {
    const name = token.variable.name;
    if (token.#used) throw new RuntimeError(`The token of the context variable "${name}" was already used`);
    if (currentContext() !== token.#context) {
      throw new RangeError(`The token of the context variable "${name}" was made in another context`);
    }
    token.#used = true;
    const change = token.oldValue === Token.MISSING ? null : { value: token.oldValue };
    Context.write(token.#context, token.variable, change);
  }
}
