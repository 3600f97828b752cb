import { show } from "@asyncio-ts/contextvars";
import type { JobStream } from "./executor.ts";
import type { ExecutorFuture } from "./executor-future.ts";
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
  #wake: (() => void) | null = null;
  /** How many items were read since the job was last told. */
  #read = 0;
  #isLeft = false;

  constructor(bufferSize: number, submit: (credit: number, onItem: (item: unknown) => void) => Job) {
    this.#bufferSize = bufferSize;
    this.#job = submit(bufferSize, (item) => {
      if (this.#isLeft) return;
      this.#items.push(item as T);
      this.#wakeReader();
    });
    this.returned = this.#job.future as ExecutorFuture<R>;
    this.returned.addDoneCallback(() => this.#wakeReader());
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    while (this.#items.length === 0) {
      if (this.#isLeft) return { done: true, value: undefined };
      if (this.returned.done()) return this.#end();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#giveCredit();
    return { done: false, value: this.#items.shift() as T };
  }

  /** The reader has had enough: the generator ends at its `yield`. */
  async return(): Promise<IteratorResult<T, undefined>> {
    this.#isLeft = true;
    this.#items.length = 0;
    this.returned.addDoneCallback(() => this.returned.failure());
    this.returned.cancel();
    this.#wakeReader();
    return { done: true, value: undefined };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #end(): IteratorResult<T, undefined> {
    this.#isLeft = true;
    this.returned.result();
    return { done: true, value: undefined };
  }

  /** In halves of the buffer, so that a message asks for several. */
  #giveCredit(): void {
    this.#read++;
    if (this.#read * 2 < this.#bufferSize) return;
    this.#job.worker?.giveCredit(this.#job, this.#read);
    this.#read = 0;
  }

  #wakeReader(): void {
    this.#wake?.();
    this.#wake = null;
  }
}
