import { nameOf } from "@asyncio-ts/core";
import {
  CancelledError,
  Coroutine,
  coroutineOf,
  Future,
  type GeneratorBody,
  isCoroutine,
  type Startable,
  type Steps,
  type Work,
} from "@asyncio-ts/tasks";

/** How work has ended. */
export type Ended = "failure" | "success";

/**
 * Lets only so much work run at a time, first come first served.
 *
 * A place is free again when the work has truly ended: not before one that was cancelled has cleaned up.
 */
export class Gate {
  #free: number;
  readonly #closesAfter: Ended | undefined;
  #isClosed = false;
  /** Those who wait for a place; all before `#next` have had theirs. While anybody waits, no place is free. */
  readonly #line: Future<void>[] = [];
  #next = 0;

  /** @param closesAfter - After the first work that has ended so, no other begins. */
  constructor(limit: number, closesAfter?: Ended) {
    this.#free = limit;
    this.#closesAfter = closesAfter;
  }

  /** Work that waits for a place before it begins; what runs already, as a future or a promise, is not held back. */
  hold<T>(work: Startable<T>): Startable<T> {
    const isWork = typeof work === "function" || isCoroutine(work);
    return isWork ? new HeldWork(this, work as Work<T>) : work;
  }

  /** Let nothing begin any more: what waits for a place is cancelled. */
  close(): void {
    this.#isClosed = true;
    for (const turn of this.#line) turn.cancel();
  }

  *enter(): GeneratorBody<void> {
    if (this.#isClosed) throw new CancelledError();
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    const turn = new Future<void>();
    this.#line.push(turn);
    try {
      yield* turn;
    } catch (error) {
      if (!turn.cancelled()) this.leave(); // cancelled although its turn had come: it is the next one's
      throw error;
    }
  }

  /** Give the place back; how the work has ended may close the gate. */
  leave(ended?: Ended): void {
    if (ended !== undefined && ended === this.#closesAfter) this.close();
    while (this.#next < this.#line.length) {
      const turn = this.#line[this.#next++] as Future<void>;
      if (turn.done()) continue; // cancelled
      turn.setResult();
      return;
    }
    this.#free++;
  }
}

class HeldWork<T> extends Coroutine<T> {
  readonly #gate: Gate;
  readonly #work: Work<T>;

  constructor(gate: Gate, work: Work<T>) {
    super();
    this.#gate = gate;
    this.#work = work;
  }

  override get name(): string {
    if (this.#work instanceof Coroutine) return this.#work.name;
    return typeof this.#work === "function" ? nameOf(this.#work) : "generator";
  }

  override close(): void {
    if (this.#work instanceof Coroutine) this.#work.close();
  }

  override *[Symbol.iterator](): Steps<T> & GeneratorBody<T> {
    try {
      yield* this.#gate.enter();
    } catch (error) {
      this.close();
      throw error;
    }
    let ended: Ended = "failure";
    try {
      const result = yield* stepsOf(this.#work);
      ended = "success";
      return result;
    } finally {
      this.#gate.leave(ended);
    }
  }
}

function stepsOf<T>(work: Work<T>): Coroutine<T> | GeneratorBody<T> {
  return typeof work === "function" ? coroutineOf(work) : work;
}
