import { show } from "@asyncio-ts/contextvars";
import type { JobStream } from "./executor.ts";
import { ExecutorFuture } from "./executor-future.ts";
import type { Job } from "./job.ts";

/**
 * Read a generator job item by item.
 *
 * @param bufferSize - How many items the job may be ahead.
 * @param submit - Starts the job, which may send `credit` items before it is asked for more.
 */
export function streamJob<T, R>(
  bufferSize: number,
  submit: (credit: number, onItem: (item: unknown) => void) => Job,
): JobStream<T, R> {
  if (!Number.isInteger(bufferSize) || bufferSize < 1) {
    throw new RangeError(`stream() needs a whole bufferSize, not ${show(bufferSize)}`);
  }
  return new Stream<T, R>(bufferSize, submit);
}

class Stream<T, R> implements JobStream<T, R> {
  readonly returned: ExecutorFuture<R>;
  readonly #job: Job;
  readonly #bufferSize: number;
  readonly #items: T[] = [];
  /** Those who wait for an item, in the order in which they came. */
  #readers: ExecutorFuture<void>[] = [];
  /** How many of them were told of theirs, and have not taken it yet. */
  #told = 0;
  /** How many items were read since the job was last told. */
  #read = 0;
  #isLeft = false;

  constructor(bufferSize: number, submit: (credit: number, onItem: (item: unknown) => void) => Job) {
    this.#bufferSize = bufferSize;
    this.#job = submit(bufferSize, (item) => {
      if (this.#isLeft || this.returned.done()) return;
      this.#items.push(item as T);
      this.#tellReaders();
    });
    this.returned = this.#job.future as ExecutorFuture<R>;
    this.returned.addDoneCallback(() => this.#tellReaders());
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    if (!this.#hasNews()) await this.#wait();
    if (this.#items.length === 0) return this.#end();
    this.#giveCredit();
    return { done: false, value: this.#items.shift() as T };
  }

  /** The reader has had enough: the generator ends at its `yield`. */
  async return(): Promise<IteratorResult<T, undefined>> {
    this.#isLeft = true;
    this.#items.length = 0;
    this.returned.addDoneCallback(() => this.returned.failure());
    this.returned.cancel();
    this.#tellReaders();
    return { done: true, value: undefined };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** Whether there is an item that nobody was told of, or no more will come. */
  #hasNews(): boolean {
    return this.#items.length > this.#told || this.#isLeft || this.returned.done();
  }

  /** Wait to be told. A task that is cancelled meanwhile hands its item on. */
  async #wait(): Promise<void> {
    const reader = new ExecutorFuture<void>();
    this.#readers.push(reader);
    try {
      await reader;
      this.#told--;
    } catch (error) {
      if (!reader.cancel()) this.#told--;
      this.#readers = this.#readers.filter((each) => each !== reader);
      this.#tellReaders();
      throw error;
    }
  }

  #tellReaders(): void {
    while (this.#readers.length > 0 && this.#hasNews()) {
      const reader = this.#readers.shift();
      if (reader === undefined || reader.done()) continue;
      this.#told++;
      reader.setResult(undefined);
    }
  }

  #end(): IteratorResult<T, undefined> {
    const isLeft = this.#isLeft;
    this.#isLeft = true;
    if (!isLeft) this.returned.result();
    return { done: true, value: undefined };
  }

  /** In halves of the buffer, so that a message asks for several. */
  #giveCredit(): void {
    this.#read++;
    if (this.#read * 2 < this.#bufferSize) return;
    this.#job.worker?.giveCredit(this.#job, this.#read);
    this.#read = 0;
  }
}
