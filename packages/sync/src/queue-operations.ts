import type { Seconds } from "@asyncio-ts/core";
import { type GeneratorBody, mustWait, Operation, type WaitLimits } from "@asyncio-ts/tasks";
import type { Queue } from "./queue.ts";
import type { WaitLine } from "./wait-line.ts";

/**
 * An operation that waits in a line of its queue while it is blocked, and looks again whenever it is woken.
 *
 * Whoever is woken and does not use that wakes the next one: so no item and no room is ever forgotten.
 */
abstract class QueueOperation<T, Item> extends Operation<T> {
  readonly queue: Queue<Item>;
  readonly #limits: WaitLimits | undefined;

  constructor(queue: Queue<Item>, limits: WaitLimits | undefined) {
    super();
    this.queue = queue;
    this.#limits = limits;
  }

  /** Where it waits. */
  protected abstract readonly line: WaitLine;

  /** Whether it cannot be done now. */
  protected abstract isBlocked(): boolean;

  /** Do it. */
  protected abstract perform(): T;

  protected override attempt(): T | typeof mustWait {
    if (this.#limits !== undefined) this.#limits.signal?.throwIfAborted();
    return this.isBlocked() ? mustWait : this.perform();
  }

  protected override *otherwise(): GeneratorBody<T> {
    let began: Seconds | undefined;
    for (;;) {
      const place = this.line.enter();
      if (this.#limits !== undefined) began ??= place.loop.time();
      try {
        yield* this.line.waitAt(place, this.name, this.#limits, began);
        if (!this.isBlocked()) return this.perform();
      } catch (error) {
        if (place.isWoken && !this.isBlocked()) this.line.wakeNext();
        throw error;
      }
    }
  }
}

export class Put<T> extends QueueOperation<void, T> {
  readonly #item: T;

  constructor(queue: Queue<T>, item: T, limits: WaitLimits | undefined) {
    super(queue, limits);
    this.#item = item;
  }

  override get name(): string {
    return "put";
  }

  protected override get line(): WaitLine {
    return this.queue.putters;
  }

  protected override isBlocked(): boolean {
    return this.queue.full() && !this.queue.isShutDown;
  }

  protected override perform(): void {
    this.queue.putNowait(this.#item);
  }
}

abstract class Taking<T, Item> extends QueueOperation<T, Item> {
  protected override get line(): WaitLine {
    return this.queue.getters;
  }

  protected override isBlocked(): boolean {
    return this.queue.empty() && !this.queue.isShutDown;
  }
}

export class Get<T> extends Taking<T, T> {
  override get name(): string {
    return "get";
  }

  protected override perform(): T {
    return this.queue.getNowait();
  }
}

/** A step of `for await`. */
export class Next<T> extends Taking<IteratorResult<T, undefined>, T> {
  override get name(): string {
    return "next";
  }

  protected override perform(): IteratorResult<T, undefined> {
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
