import { printException } from "@asyncio-ts/core";
import { isCancellation } from "./errors.ts";
import { ExecutorFuture } from "./executor-future.ts";
import type { Source } from "./source.ts";

/** What `map` needs of its pool. */
export interface MapLine {
  /** Run one job: for one item, or for each item of a chunk. */
  submit(argument: unknown, isChunk: boolean): ExecutorFuture<unknown>;
  waitForRoom(): Promise<void>;
  /** How many items to have under way unless told otherwise. */
  readonly ahead: number;
}

/**
 * Reads items and starts their jobs, so far ahead of whoever takes the results.
 *
 * It reads by itself: whoever waits for a result, or has had enough, does not wait for an item as well.
 */
export class ReadAhead {
  readonly #line: MapLine;
  readonly #source: Source;
  readonly #limit: number;
  readonly #isChunked: boolean;
  readonly #underWay: ExecutorFuture<unknown>[] = [];
  #isReading = false;
  #isAtEnd = false;
  #isClosed = false;
  #failure: { readonly error: unknown } | null = null;
  /** What the source has failed with, until the reader is told. */
  #untold: { readonly error: unknown } | null = null;
  /** Wakes whoever waits for news. */
  #bell: ExecutorFuture<void> | null = null;

  constructor(line: MapLine, source: Source, limit: number, isChunked: boolean) {
    this.#line = line;
    this.#source = source;
    this.#limit = limit;
    this.#isChunked = isChunked;
  }

  /** Whether the next result is there. */
  get hasResult(): boolean {
    return this.#underWay[0]?.done() === true;
  }

  /** Whether all results were taken. */
  get isOver(): boolean {
    return this.#isAtEnd && this.#underWay.length === 0;
  }

  /** The next result. @throws What its job has thrown. */
  take(): unknown {
    return this.#underWay.shift()?.result();
  }

  /** Go on reading. @throws What the source, or the pool, has thrown. */
  read(): void {
    if (this.#failure !== null) {
      this.#untold = null;
      throw this.#failure.error;
    }
    if (!this.#isReading && !this.#isAtEnd && this.#underWay.length < this.#limit) void this.#readOn();
  }

  /** Wait until something has changed. */
  async news(): Promise<void> {
    this.#bell = new ExecutorFuture();
    await this.#bell;
  }

  ring(): void {
    const bell = this.#bell;
    this.#bell = null;
    if (bell?.done() === false) bell.setResult(undefined);
  }

  cancelAll(reason: unknown): void {
    for (const future of this.#underWay) future.cancel(reason);
  }

  /** Leave the source, and all jobs. Does not wait for an item that is on its way. */
  async close(reason: unknown): Promise<void> {
    this.#isClosed = true;
    for (const future of this.#underWay) abandon(future, reason);
    if (this.#untold !== null) printUntold(this.#untold.error);
    const closing = this.#source.close();
    if (this.#isReading) closing.catch(printUntold);
    else await closing;
  }

  async #readOn(): Promise<void> {
    this.#isReading = true;
    try {
      while (this.#underWay.length < this.#limit && !this.#isAtEnd && !this.#isClosed) await this.#readNext();
    } catch (error) {
      this.#failure = { error };
    }
    this.#isReading = false;
    this.ring();
  }

  async #nextItem(): Promise<IteratorResult<unknown>> {
    try {
      return await this.#source.next();
    } catch (error) {
      if (this.#isClosed) printUntold(error);
      else this.#untold = { error };
      throw error;
    }
  }

  async #readNext(): Promise<void> {
    const { done, value } = await this.#nextItem();
    this.#isAtEnd = done === true;
    if (this.#isAtEnd || this.#isClosed) return;
    await this.#line.waitForRoom(); // not before: a place is not kept for as long as a source may take
    if (this.#isClosed) return;
    const future = this.#line.submit(value, this.#isChunked);
    this.#underWay.push(future);
    future.addDoneCallback(() => {
      if (this.#underWay[0] === future) this.ring();
    });
  }
}

/** The reader has left. That the source was told to stop as well is no news. */
function printUntold(exception: unknown): void {
  if (!isCancellation(exception))
    printException({ message: "A source failed behind a map() that was left", exception });
}

/** Nobody will read it: its exception is nobody's business either. */
function abandon(future: ExecutorFuture<unknown>, reason: unknown): void {
  future.addDoneCallback(() => future.failure());
  future.cancel(reason);
}
