import { RuntimeError, show } from "@asyncio-ts/contextvars";
import { captureStack, loopOfFlow, nameOf, type Scheduler, showAsString } from "@asyncio-ts/core";
import { createTask } from "./create-task.ts";
import type { Complaint, Watched } from "./drop-watch.ts";
import { NeverAwaited, watchUnawaited } from "./never-awaited.ts";
import { Suspendable } from "./suspendable.ts";
import { type GeneratorBody, PromiseWait, type Steps } from "./suspension.ts";

/** What the body of a coroutine may be: it returns a generator, a promise, or another awaitable. */
export type Body<Args extends unknown[], T> = (...args: Args) => GeneratorBody<T> | PromiseLike<T>;

/** A function whose calls are coroutines: Python's `async def`. */
export type CoroutineFunction<Args extends unknown[], T> = (...args: Args) => Coroutine<T>;

/**
 * A call that has not begun: it runs when it is awaited, in the current task and without an extra turn, or when it is
 * scheduled, by `createTask` and the like.
 *
 * It can run once: a second time is a `RuntimeError`. One that is dropped without having run is reported: `coroutine 'f' was never awaited`.
 *
 * ## Cancellation
 * Cancelling the task that awaits it throws a `CancelledError` where it is suspended.
 */
export abstract class Coroutine<T> extends Suspendable<T> {
  static {
    showAsString(this);
  }

  /** The name of the coroutine function. */
  abstract get name(): string;

  /** Give up a coroutine that was never begun, so that it is not reported. */
  abstract close(): void;

  /** Outside of a task there is nobody to take the steps: a task of its own does. */
  protected override settleOutsideTasks(resolve: (value: T) => void, reject: (error: unknown) => void): void {
    createTask(this).wait(resolve, reject);
  }

  override toString(): string {
    return `<Coroutine ${this.name}()>`;
  }
}

/**
 * One that begins once at most, and is reported if it never does.
 *
 * Its fields are set by hand in the constructor, and are not private to the engine: only so V8 sees through the making of
 * one that is done at once, which then costs half.
 */
export abstract class WatchedCoroutine<T> extends Coroutine<T> implements Watched {
  declare private readonly madeIn: Scheduler | null;
  declare private state: "made" | "begun" | NeverAwaited;

  /** @param madeIn - The loop in which it was made, for who knows it; to find it costs as much as the rest. */
  constructor(madeIn: Scheduler | null = loopOfFlow()) {
    super();
    this.madeIn = madeIn;
    this.state = "made";
    if (madeIn?.getDebug()) origins.set(this, captureStack());
    watchUnawaited(this, madeIn);
  }

  override [Symbol.iterator](): Steps<T> {
    if (this.state === "begun") throw reused(this);
    if (this.state === "made") this.state = "begun";
    else this.close();
    return this.begin();
  }

  /** Called once, when the coroutine is awaited or its task takes the first step. */
  protected abstract begin(): Steps<T>;

  override close(): void {
    if (this.state instanceof NeverAwaited) this.state.forgive();
    this.state = "begun";
  }

  /** @internal */
  isUnsettled(): boolean {
    return this.state !== "begun";
  }

  /** @internal */
  complaint(): Complaint {
    if (!(this.state instanceof NeverAwaited)) this.state = new NeverAwaited(this.name, origins.get(this), this.madeIn);
    return this.state;
  }
}

/** A call of a function that the user wrote. */
class FunctionCoroutine<Args extends unknown[], T> extends WatchedCoroutine<T> {
  readonly #body: Body<Args, T>;
  readonly #args: Args;

  constructor(body: Body<Args, T>, args: Args) {
    super();
    this.#body = body;
    this.#args = args;
  }

  override get name(): string {
    return nameOf(this.#body);
  }

  protected override begin(): Steps<T> {
    return stepsOf(this.#body(...this.#args), this.#body);
  }
}

/** Where each was made; only in debug mode. */
const origins = new WeakMap<object, string | undefined>();

/** @internal The error of awaiting a coroutine a second time. */
export function reused(coroutine: Coroutine<unknown>): RuntimeError {
  return new RuntimeError(`Cannot reuse the coroutine '${coroutine.name}', which was already awaited`);
}

/**
 * Make a coroutine function of a function: of a `function*` with `yield*`, or of an `async` function.
 *
 * @param body - Called when the coroutine begins, with the arguments that it was made with.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-task.html#coroutines}
 *
 * @example
 * const double = coroutine(function* (n: number) {
 *   yield* sleep(1);
 *   return n * 2;
 * });
 * await double(21) // => 42
 */
export function coroutine<Args extends unknown[], T>(body: Body<Args, T>): CoroutineFunction<Args, T> {
  if (typeof body !== "function") throw new TypeError(`coroutine() needs a function, not ${show(body)}`);
  const coroutineFunction = (...args: Args): Coroutine<T> => new FunctionCoroutine(body, args);
  Object.defineProperty(coroutineFunction, "name", { value: body.name, configurable: true });
  return coroutineFunction;
}

/**
 * One call of `body`, as `coroutine(body)(...args)`, but at a third of the price: for library code that is given a body and
 * calls it once.
 *
 * @example
 * await coroutineOf(async (n: number) => n * 2, 21) // => 42
 */
export function coroutineOf<Args extends unknown[], T>(body: Body<Args, T>, ...args: Args): Coroutine<T> {
  if (typeof body !== "function") throw new TypeError(`coroutineOf() needs a function, not ${show(body)}`);
  return new FunctionCoroutine(body, args);
}

/** Whether `value` is a coroutine: made by a coroutine function, or a generator. */
export function isCoroutine(value: unknown): value is Coroutine<unknown> | GeneratorBody<unknown> {
  return value instanceof Coroutine || isGenerator(value);
}

/** Whether `value` is a generator. */
export function isGenerator(value: unknown): value is GeneratorBody<unknown> {
  const generator = value as Partial<GeneratorBody<unknown>> | null;
  if (typeof value !== "object" || typeof generator?.next !== "function") return false;
  // An async generator has `next` and `throw` as well, but they answer promises.
  return typeof generator.throw === "function" && typeof generator[Symbol.iterator] === "function";
}

/** Whether `value` is a promise, or anything else with a `then`. */
export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
  return isObject && typeof (value as { then?: unknown }).then === "function";
}

/**
 * The steps of what a body has returned: this is the one place that knows that there are two kinds of body.
 *
 * @internal
 */
export function stepsOf<T>(begun: unknown, body: (...args: never[]) => unknown): Steps<T> {
  if (isGenerator(begun)) return (begun as GeneratorBody<T>)[Symbol.iterator]() as Steps<T>;
  if (begun instanceof Suspendable) return begun[Symbol.iterator]() as Steps<T>;
  if (isPromiseLike(begun)) return new PromiseWait(begun as PromiseLike<T>);
  throw new TypeError(
    `A coroutine body returns a generator, a promise or an awaitable, but ${nameOf(body)}() returned ${show(begun)}`,
  );
}
