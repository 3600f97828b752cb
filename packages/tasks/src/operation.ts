import type { Scheduler } from "@asyncio-ts/core";
import { WatchedCoroutine } from "./coroutine.ts";
import type { Steps, Suspension } from "./suspension.ts";

/** What `attempt()` answers when there is something to wait for. */
export const mustWait: unique symbol = Symbol("mustWait");

/**
 * A coroutine that most often has nothing to wait for, as `lock.acquire()`.
 *
 * It is attempted when it is awaited, and if that succeeds, no turn passes and nothing but this one object was made. It is a
 * coroutine in all respects: nothing happens before it is awaited, and one that is forgotten is reported.
 *
 * @example
 * class Take extends Operation<number> {
 *   readonly name = "take";
 *   attempt() {
 *     return stock.pop() ?? mustWait;
 *   }
 *   *otherwise() {
 *     yield* sleep(1);
 *     return -1;
 *   }
 * }
 * const stock = [1];
 * [await new Take(), await new Take()] // => [1, -1]
 */
export abstract class Operation<T> extends WatchedCoroutine<T> implements Steps<T> {
  /** Set by hand, as those of `WatchedCoroutine` are. */
  declare private waiting: Steps<T> | null;

  constructor(madeIn?: Scheduler | null) {
    super(madeIn);
    this.waiting = null;
  }

  /** Do it now, or answer `mustWait`. */
  protected abstract attempt(): T | typeof mustWait;

  /** Do it once that is possible; called after `attempt()` has answered `mustWait`. */
  protected abstract otherwise(): Steps<T>;

  protected override begin(): this {
    return this;
  }

  next(value?: unknown): IteratorResult<Suspension, T> {
    if (this.waiting === null) {
      const result = this.attempt();
      if (result !== mustWait) return { done: true, value: result };
      this.waiting = this.otherwise();
    }
    return this.waiting.next(value);
  }

  throw(error: unknown): IteratorResult<Suspension, T> {
    if (this.waiting?.throw === undefined) throw error;
    return this.waiting.throw(error);
  }

  return(value: T): IteratorResult<Suspension, T> {
    return this.waiting?.return?.(value) ?? { done: true, value };
  }
}
