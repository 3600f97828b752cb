import { type Steps, type Suspension, type WaitLimits, waitWithin } from "@asyncio-ts/tasks";
import type { Place, WaitLine } from "./wait-line.ts";

/** Who has a line of tasks that wait for their turn, and says what that means. */
export interface LineOwner<T> {
  readonly line: WaitLine;
  /** The turn of one has come, who has left the line: what he gets. */
  served(): T;
  /** The wait at `place` has failed, perhaps after its turn had come, and who waited has left the line. */
  left(place: Place): void;
}

/**
 * One wait in the line of `owner`: suspends until its turn has come, and answers what the owner gives.
 *
 * An iterator by hand, for generators would cost as much as all the rest of the wait.
 */
export class TurnInLine<T> implements Steps<T> {
  readonly #owner: LineOwner<T>;
  readonly #place: Place;
  readonly #wait: Steps<void>;

  /** @param caller - The name of the function that waits, for the message of a `TimeoutError`. */
  constructor(owner: LineOwner<T>, caller: string, limits: WaitLimits | undefined) {
    this.#owner = owner;
    this.#place = owner.line.enter();
    this.#wait = limits === undefined ? this.#place[Symbol.iterator]() : waitWithin(caller, this.#place, limits);
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(value?: unknown): IteratorResult<Suspension, T> {
    let step: IteratorResult<Suspension, void>;
    try {
      step = this.#wait.next(value);
    } catch (error) {
      this.#leave();
      throw error;
    }
    if (!step.done) return step;
    this.#owner.line.leave(this.#place);
    return { done: true, value: this.#owner.served() };
  }

  /** Neither kind of wait catches the error. */
  throw(error: unknown): IteratorResult<Suspension, T> {
    try {
      (this.#wait as Required<Steps<void>>).throw(error);
    } finally {
      this.#leave();
    }
    throw error;
  }

  return(value: T): IteratorResult<Suspension, T> {
    this.#wait.return?.();
    this.#leave();
    return { done: true, value };
  }

  #leave(): void {
    this.#owner.line.leave(this.#place);
    this.#owner.left(this.#place);
  }
}
