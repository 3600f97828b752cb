import { show } from "@asyncio-ts/contextvars";
import { showAsString } from "@asyncio-ts/core";
import {
  type Body,
  type Coroutine,
  checkLimits,
  coroutine,
  coroutineOf,
  type GeneratorBody,
  type WaitLimits,
} from "@asyncio-ts/tasks";
import { checkCount } from "./check-count.ts";
import { Condition } from "./condition.ts";
import { BrokenBarrierError } from "./errors.ts";

/** What a barrier does with those who come. */
export type BarrierState = "filling" | "draining" | "resetting" | "broken";

/** What is known about a barrier. */
export interface BarrierStatistics {
  readonly state: BarrierState;
  /** How many it takes. */
  readonly parties: number;
  /** How many have come; 0 unless it is filling. */
  readonly waiting: number;
}

/**
 * A place where tasks wait for each other: when so many as `parties` have come, all go on.
 *
 * It can be used again at once.
 *
 *  state       reached by                             who is inside         who comes
 *  filling     construction; the last one has left    waits for the rest    is counted, and waits for the rest
 *  draining    the last of the parties has come       goes on               waits until the barrier is filling
 *  resetting   `reset()` while somebody is inside     fails                 waits until the barrier is filling
 *  broken      `abort()`; until `reset()`             fails                 fails
 *
 * To fail is to throw a `BrokenBarrierError`.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-sync.html#asyncio.Barrier}
 *
 * @example
 * const barrier = new Barrier(3);
 * const runners = [1, 2, 3].map((delay) => async () => {
 *   await sleep(delay);
 *   return barrier.wait();
 * });
 * await gather(runners) // => [0, 1, 2]
 * loop.time() // => 3
 */
export class Barrier {
  static {
    showAsString(this);
  }

  /** How many it takes. */
  readonly parties: number;
  /** Guards the state; all changes are notified. */
  readonly #changed: Condition = new StateOf(this);
  #state: BarrierState = "filling";
  /** How many are inside: they have come and have not left yet. */
  #inside = 0;

  /**
   * @param parties - How many it takes.
   * @throws {RangeError} `parties` is less than 1 or no whole number.
   */
  constructor(parties: number) {
    checkCount("Barrier", "parties", parties, 1);
    this.parties = parties;
  }

  /** How many have come; 0 unless the barrier is filling. */
  get nWaiting(): number {
    return this.#state === "filling" ? this.#inside : 0;
  }

  /** Whether the barrier was aborted, and not reset since. */
  get broken(): boolean {
    return this.#state === "broken";
  }

  /**
   * Wait until all have come.
   *
   * @returns How many were there when this one came: `parties - 1` for the last one, and for no other. The indices of the
   * others are all different unless one that had come was cancelled.
   * @throws {BrokenBarrierError} The barrier is broken, or was reset or aborted meanwhile.
   * @throws {TimeoutError} `timeout` seconds have passed.
   * @throws The reason of `signal`, when it is aborted or was aborted before.
   * @throws {RuntimeError} It has to wait, and the barrier was waited at in another loop before.
   *
   * ## Cancellation
   * Safe. A cancelled one was never there: the others wait for one more. So it is after a timeout and an abort.
   */
  wait(limits?: WaitLimits): Coroutine<number> {
    if (limits !== undefined) checkLimits("wait", limits);
    return wait(this, limits);
  }

  /**
   * Wait until all have come, then run `body` in the current task.
   *
   * @param body - Called as `body(index)`, with what `wait()` answers.
   * @returns What the body returns.
   *
   * ## Cancellation
   * As that of `wait()`, until the body begins.
   */
  with<T>(body: Body<[index: number], T>, limits?: WaitLimits): Coroutine<T> {
    if (typeof body !== "function") throw new TypeError(`with() needs a function, not ${show(body)}`);
    if (limits !== undefined) checkLimits("with", limits);
    return waitAndRun(this, body, limits) as Coroutine<T>;
  }

  /**
   * Begin anew: those who wait for the rest fail, those who wait for the barrier to be filling do not.
   *
   * ## Cancellation
   * Safe. A cancelled `reset()` has changed nothing.
   *
   * @example
   * const barrier = new Barrier(2);
   * const waiter = createTask(barrier.wait());
   * await sleep(0);
   * await barrier.reset();
   * await waiter.catch(String) // => "BrokenBarrierError: The barrier was reset"
   */
  reset(): Coroutine<void> {
    return reset(this);
  }

  /**
   * Break the barrier: all who wait and all who come fail, until `reset()`.
   *
   * ## Cancellation
   * Safe. A cancelled `abort()` has changed nothing.
   *
   * @example
   * const barrier = new Barrier(2);
   * await barrier.abort();
   * await barrier.wait().catch(String) // => "BrokenBarrierError: The barrier was aborted"
   */
  abort(): Coroutine<void> {
    return abort(this);
  }

  /** How things stand, for monitoring. */
  statistics(): BarrierStatistics {
    return { state: this.#state, parties: this.parties, waiting: this.nWaiting };
  }

  toString(): string {
    return `<Barrier ${this.#state} ${this.nWaiting}/${this.parties}>`;
  }

  /** @internal */
  *waitForAll(limits: WaitLimits | undefined): GeneratorBody<number> {
    limits?.signal?.throwIfAborted();
    yield* this.#changed.acquire();
    try {
      yield* this.#waitToEnter(limits);
      return yield* this.#waitInside(limits);
    } finally {
      this.#changed.release();
    }
  }

  /** @internal */
  *restart(): GeneratorBody<void> {
    yield* this.#changed.acquire();
    this.#become(this.#inside > 0 ? "resetting" : "filling");
    this.#changed.release();
  }

  /** @internal */
  *break(): GeneratorBody<void> {
    yield* this.#changed.acquire();
    this.#become("broken");
    this.#changed.release();
  }

  *#waitToEnter(limits: WaitLimits | undefined): GeneratorBody<void> {
    const mayEnter = (): boolean => this.#state === "filling" || this.#state === "broken";
    yield* this.#changed.waitUntil(mayEnter, "wait", limits);
    if (this.broken) throw new BrokenBarrierError("The barrier was aborted");
  }

  *#waitInside(limits: WaitLimits | undefined): GeneratorBody<number> {
    const index = this.#inside++;
    try {
      if (this.#inside === this.parties) this.#become("draining");
      else yield* this.#waitForTheRest(limits);
      return index;
    } finally {
      this.#leave();
    }
  }

  *#waitForTheRest(limits: WaitLimits | undefined): GeneratorBody<void> {
    yield* this.#changed.waitUntil(() => this.#state !== "filling", "wait", limits);
    if (this.broken) throw new BrokenBarrierError("The barrier was aborted");
    if (this.#state === "resetting") throw new BrokenBarrierError("The barrier was reset");
  }

  #leave(): void {
    if (--this.#inside === 0) this.#become(this.broken ? "broken" : "filling");
  }

  #become(state: BarrierState): void {
    this.#state = state;
    this.#changed.notifyAll();
  }
}

/** Speaks for the barrier in messages. */
class StateOf extends Condition {
  readonly #barrier: Barrier;

  constructor(barrier: Barrier) {
    super();
    this.#barrier = barrier;
  }

  override toString(): string {
    return this.#barrier.toString();
  }
}

const wait = coroutine(function wait(barrier: Barrier, limits: WaitLimits | undefined) {
  return barrier.waitForAll(limits);
});

const reset = coroutine(function reset(barrier: Barrier) {
  return barrier.restart();
});

const abort = coroutine(function abort(barrier: Barrier) {
  return barrier.break();
});

const waitAndRun = coroutine(function* waitAndRun<T>(barrier: Barrier, body: Body<[number], T>, limits?: WaitLimits) {
  const index = yield* barrier.waitForAll(limits);
  return yield* coroutineOf(body, index);
});
