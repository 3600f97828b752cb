import type { Runnable, Scheduler } from "@asyncio-ts/core";
import { CancelledError, Future, type GeneratorBody } from "@asyncio-ts/tasks";

/**
 * Contenders of which the first to succeed wins: the others are cancelled then, and the contest is over when all have ended.
 *
 * Each has a place, in the order in which they enter.
 */
export class Contest<T> {
  /** Place by place, how each has failed; `null` for those that have not. */
  readonly errors: unknown[] = [];
  winner: { readonly place: number; readonly value: T } | null = null;
  readonly #loop: Scheduler;
  readonly #running = new Set<Contender<T>>();
  #news: Future<void> | null = null;

  constructor(loop: Scheduler) {
    this.#loop = loop;
  }

  /** Take part; the place is the next one. */
  enter(future: Future<T>): void {
    const contender = new Contender(this, future, this.errors.length);
    this.errors.push(null);
    this.#running.add(contender);
    future.addWaiter(contender);
  }

  /** The contender at `place` has succeeded: it wins, unless another one has before it. */
  succeeded(place: number, value: T): void {
    if (this.winner !== null) return;
    this.winner = { place, value };
    this.cancel(undefined, place);
  }

  /** Cancel all that run, the one at `place` excepted. */
  cancel(message?: unknown, place?: number): void {
    for (const contender of this.#running) if (contender.place !== place) contender.future.cancel(message);
  }

  ended(contender: Contender<T>): void {
    this.#running.delete(contender);
    const { future, place } = contender;
    const failure = future.failure();
    if (failure !== null) this.errors[place] = failure.error;
    else this.succeeded(place, future.result());
    this.tell();
  }

  /** Done when anything has happened that `tell()` tells of. */
  news(): Future<void> {
    this.#news = new Future({ loop: this.#loop });
    return this.#news;
  }

  tell(): void {
    if (this.#news?.done() === false) this.#news.setResult();
  }

  /**
   * Wait until all have ended, however often the waiting task is cancelled meanwhile: each time they are cancelled as well.
   *
   * @throws {CancelledError} The last of those cancellations.
   */
  *untilOver(): GeneratorBody<void> {
    let cancellation: { readonly error: unknown } | null = null;
    while (this.#running.size > 0) {
      try {
        yield* this.news();
      } catch (error) {
        cancellation = { error };
        this.cancel(reasonOf(error));
      }
    }
    if (cancellation !== null) throw cancellation.error;
  }

  /** Because of `error`: cancel all, wait until they have ended, and throw it. */
  *giveUp(error: unknown): GeneratorBody<never> {
    this.cancel(reasonOf(error));
    yield* this.untilOver();
    throw error;
  }
}

function reasonOf(error: unknown): unknown {
  return error instanceof CancelledError ? error.reason : undefined;
}

/** Tells a contest that it has ended. */
class Contender<T> implements Runnable {
  readonly future: Future<T>;
  readonly place: number;
  readonly #contest: Contest<T>;

  constructor(contest: Contest<T>, future: Future<T>, place: number) {
    this.#contest = contest;
    this.future = future;
    this.place = place;
  }

  run(): void {
    this.#contest.ended(this);
  }
}
