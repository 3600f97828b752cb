import { type Carrier, followsAwait, RuntimeError, show } from "@asyncio-ts/contextvars";
import type { Runnable } from "@asyncio-ts/core";
import type { Future } from "./future.ts";
import { FutureWait, PromiseWait, type Steps } from "./suspension.ts";
import type { Task } from "./task.ts";

/** Whom a strand tells how it ended. */
export interface Completion {
  returned(value: unknown): void;
  threw(error: unknown): void;
}

/**
 * One line of execution of a task: steps that it takes one after another, and what it waits on between them.
 *
 * A task has a main strand, which is its body. Each `await` of ours in native code is a strand as well, that takes the
 * steps of what is awaited and then settles the promise behind the `await`; under `Promise.all` there are several at once.
 *
 *  waits on                 suspended by                     goes on
 *  a future                 `yield*` of a future             in the turn after the future is done
 *  its turn                 a bare `yield` of `sleep(0)`     in the next turn
 *  a promise                a native body                    at once, when the promise settles
 */
export class Strand implements Runnable {
  /** The future that the strand waits on, or whose outcome it is about to receive. */
  blocker: Future<unknown> | null = null;
  /** Where native code awaits what the strand runs; only in debug mode. */
  nativeSite: string | undefined;
  #innerSite: string | undefined;
  readonly #task: Task<unknown>;
  readonly #steps: Steps<unknown>;
  readonly #completion: Completion;
  readonly #flow: Carrier;
  /** An error of the suspension itself, as waiting for another loop's future: thrown in the next turn. */
  #failure: { readonly error: unknown } | null = null;

  /** @param flow - In which the steps are taken; a native `await` may be in another one than its task begins in. */
  constructor(task: Task<unknown>, steps: Steps<unknown>, completion: Completion, flow: Carrier = task.carrier) {
    this.#task = task;
    this.#steps = steps;
    this.#completion = completion;
    this.#flow = flow;
  }

  /** Where the strand waits, innermost frame first; only in debug mode. */
  get awaitedAt(): string | undefined {
    const sites = [this.#innerSite, this.nativeSite].filter((site) => site !== undefined);
    return sites.length === 0 ? undefined : sites.join("\n");
  }

  /** The task, for messages of the loop. */
  toString(): string {
    return this.#task.toString();
  }

  /** Called by the loop: what the strand waited on has come. */
  run(): void {
    this.#flow.runInAsyncScope(this.resume, this);
  }

  /** The turn of the strand has come: deliver a pending cancellation, or else go on. */
  resume(): void {
    const blocker = this.blocker;
    if (blocker !== null) {
      this.blocker = null;
      this.#task.unblock(this);
    }
    const cancellation = this.#task.takeCancellation(blocker);
    const failure = cancellation ?? this.#failure;
    this.#failure = null;
    if (failure === null) this.proceed(undefined);
    else this.fail(failure.error);
  }

  /** Go on in the next turn, though what the strand waits on has not come. */
  interrupt(): void {
    if (this.blocker === null || this.blocker.done()) return;
    this.blocker.removeWaiter(this);
    this.#task.loop.schedule(this);
  }

  /** Take the next step. */
  proceed(value: unknown): void {
    let result: IteratorResult<unknown, unknown>;
    try {
      result = this.#steps.next(value);
    } catch (error) {
      this.#completion.threw(error);
      return;
    }
    this.#handle(result);
  }

  /** Throw `error` where the strand is suspended. */
  fail(error: unknown): void {
    let result: IteratorResult<unknown, unknown>;
    try {
      result = (this.#steps as Required<Steps<unknown>>).throw(error);
    } catch (escaped) {
      this.#completion.threw(escaped);
      return;
    }
    this.#handle(result);
  }

  #handle(result: IteratorResult<unknown, unknown>): void {
    if (typeof result !== "object" || result === null) {
      this.#completion.threw(new TypeError(`${this.#task.toString()} got ${show(result)} from an iterator`));
    } else if (result.done) this.#completion.returned(result.value);
    else if (result.value === undefined) this.#goOnNextTurn();
    else if (result.value instanceof FutureWait) this.#waitForFuture(result.value);
    else if (result.value instanceof PromiseWait) this.#waitForPromise(result.value);
    else
      this.#failNextTurn(`${this.#task.toString()} yielded ${show(result.value)}; use yield* on something awaitable`);
  }

  #waitForFuture(wait: FutureWait): void {
    const { future } = wait;
    const task = this.#task;
    if (future.loop !== task.loop) {
      return this.#failNextTurn(`${task.toString()} got ${future.toString()}, which is attached to a different loop`);
    }
    if (future === task) return this.#failNextTurn(`A task cannot await itself: ${task.toString()}`);
    this.#innerSite = wait.awaitedAt;
    this.blocker = future;
    future.addWaiter(this);
    task.block(this, future);
  }

  #waitForPromise(wait: PromiseWait): void {
    this.#task.loop.drainMicrotasks();
    const flow = this.#flow;
    if (!followsAwait) this.#task.watchNative(wait.promise);
    Promise.resolve(wait.promise).then(
      (value) => flow.runInAsyncScope(this.proceed, this, value),
      (error) => flow.runInAsyncScope(this.fail, this, error),
    );
  }

  #failNextTurn(message: string): void {
    this.#failure = { error: new RuntimeError(message) };
    this.#goOnNextTurn();
  }

  #goOnNextTurn(): void {
    try {
      this.#task.loop.schedule(this);
    } catch (error) {
      this.fail(error); // a promise has resumed the body after its loop was closed
    }
  }
}
