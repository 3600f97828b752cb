import type { Seconds } from "@asyncio-ts/core";
import {
  type GeneratorBody,
  mustWait,
  Operation,
  type Steps,
  type Suspension,
  type WaitLimits,
  waitWithin,
} from "@asyncio-ts/tasks";
import type { Queue } from "./queue.ts";
import type { Place, WaitLine } from "./wait-line.ts";

/** An operation that waits in a line of its queue while it is blocked. */
abstract class QueueOperation<T, Item> extends Operation<T> {
  // Declared, and set by hand: see WatchedCoroutine.
  declare readonly queue: Queue<Item>;
  declare readonly limits: WaitLimits | undefined;

  constructor(queue: Queue<Item>, line: WaitLine, limits: WaitLimits | undefined) {
    super(line.loop);
    this.queue = queue;
    this.limits = limits;
  }

  /** Where it waits. */
  abstract readonly line: WaitLine;

  /** Whether it cannot be done now. */
  abstract isBlocked(): boolean;

  /** Do it. */
  abstract perform(): T;

  protected override attempt(): T | typeof mustWait {
    if (this.limits !== undefined) this.limits.signal?.throwIfAborted();
    return this.isBlocked() ? mustWait : this.perform();
  }

  protected override otherwise(): Steps<T> {
    return new Waiting(this);
  }
}

/**
 * Waits in the line of an operation until that is done: looks again whenever it is woken, and if it is still blocked,
 * goes to the end of the line.
 *
 * Whoever is woken and does not use that wakes the next one: so no item and no room is ever forgotten.
 *
 * An iterator by hand, for generators would cost as much as all the rest of the wait.
 */
class Waiting<T> implements Steps<T> {
  readonly #operation: QueueOperation<T, unknown>;
  #place: Place;
  #wait: Steps<void>;
  /** When the first wait began, if there are limits. */
  readonly #began: Seconds | undefined;

  constructor(operation: QueueOperation<T, unknown>) {
    this.#operation = operation;
    this.#place = operation.line.enter();
    this.#began = operation.limits === undefined ? undefined : this.#place.loop.time();
    this.#wait = this.#waitAtPlace();
  }

  next(value?: unknown): IteratorResult<Suspension, T> {
    const operation = this.#operation;
    try {
      const step = this.#wait.next(value);
      if (!step.done) return step;
      if (!operation.isBlocked()) {
        const result = operation.perform();
        operation.line.leave(this.#place);
        return { done: true, value: result };
      }
    } catch (error) {
      this.#giveUp();
      throw error;
    }
    this.#waitAgain();
    return this.next();
  }

  /** Neither kind of wait catches the error. */
  throw(error: unknown): never {
    try {
      (this.#wait as Required<Steps<void>>).throw(error);
    } finally {
      this.#giveUp();
    }
    throw error;
  }

  return(value: T): IteratorResult<Suspension, T> {
    this.#wait.return?.();
    this.#giveUp();
    return { done: true, value };
  }

  #giveUp(): void {
    const { line } = this.#operation;
    line.leave(this.#place);
    if (this.#place.isWoken && !this.#operation.isBlocked()) line.wakeNext();
  }

  #waitAgain(): void {
    const { line } = this.#operation;
    line.leave(this.#place);
    this.#place = line.enter();
    this.#wait = this.#waitAtPlace();
  }

  #waitAtPlace(): Steps<void> {
    const { limits, name } = this.#operation;
    return limits === undefined ? this.#place[Symbol.iterator]() : waitWithin(name, this.#place, limits, this.#began);
  }
}

export class Put<T> extends QueueOperation<void, T> {
  declare private readonly item: T;

  constructor(queue: Queue<T>, item: T, limits: WaitLimits | undefined) {
    super(queue, queue.putters, limits);
    this.item = item;
  }

  override get name(): string {
    return "put";
  }

  override get line(): WaitLine {
    return this.queue.putters;
  }

  override isBlocked(): boolean {
    return this.queue.full() && !this.queue.isShutDown;
  }

  override perform(): void {
    this.queue.putNowait(this.item);
  }
}

abstract class Taking<T, Item> extends QueueOperation<T, Item> {
  constructor(queue: Queue<Item>, limits: WaitLimits | undefined) {
    super(queue, queue.getters, limits);
  }

  override get line(): WaitLine {
    return this.queue.getters;
  }

  override isBlocked(): boolean {
    return this.queue.empty() && !this.queue.isShutDown;
  }
}

export class Get<T> extends Taking<T, T> {
  override get name(): string {
    return "get";
  }

  override perform(): T {
    return this.queue.getNowait();
  }
}

/** A step of `for await`. */
export class Next<T> extends Taking<IteratorResult<T, undefined>, T> {
  override get name(): string {
    return "next";
  }

  override perform(): IteratorResult<T, undefined> {
    if (this.queue.empty()) return { done: true, value: undefined };
    return { done: false, value: this.queue.getNowait() };
  }
}

/** Unlike the others, it does not look again when it is woken: the work was done at that moment. */
export class Join extends Operation<void> {
  readonly #queue: Queue<unknown>;
  readonly #limits: WaitLimits | undefined;

  constructor(queue: Queue<unknown>, limits: WaitLimits | undefined) {
    super();
    this.#queue = queue;
    this.#limits = limits;
  }

  override get name(): string {
    return "join";
  }

  protected override attempt(): undefined | typeof mustWait {
    this.#limits?.signal?.throwIfAborted();
    return this.#queue.isUnfinished ? mustWait : undefined;
  }

  protected override otherwise(): GeneratorBody<void> {
    const { joiners } = this.#queue;
    return joiners.waitAt(joiners.enter(), "join", this.#limits);
  }
}
