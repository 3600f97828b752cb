import { show } from "@asyncio-ts/contextvars";
import { isAsyncIterable, isIterable } from "../iterables.ts";
import { ITEM } from "../protocol.ts";
import type { ReplySlice } from "./reply-slice.ts";

type AnyIterator = Iterator<unknown> | AsyncIterator<unknown>;

/**
 * Sends the items of the generator job that runs, no more of them than the pool has asked for.
 *
 * A consumer that has had enough stops the job: the generator then ends at its `yield`, through its `finally` blocks.
 */
export class ItemSender {
  readonly #replies: ReplySlice;
  readonly #isStopped: () => boolean;
  #slot = -1;
  #id = 0;
  #credit = 0;
  #wake: (() => void) | null = null;

  constructor(replies: ReplySlice, isStopped: () => boolean) {
    this.#replies = replies;
    this.#isStopped = isStopped;
  }

  /** Answers what the generator returns. */
  async sendAll(slot: number, id: number, made: unknown, credit: number): Promise<unknown> {
    const iterator = iteratorOf(await made);
    this.#slot = slot;
    this.#id = id;
    this.#credit = credit;
    for (;;) {
      // Between two items the event loop must turn: that is how a request to stop arrives.
      await (this.#credit > 0 ? nextTurn() : this.#asked());
      const step = this.#isStopped() ? await iterator.return?.() : await iterator.next();
      if (step === undefined || step.done === true) return step?.value;
      this.#credit--;
      try {
        this.#replies.sendNow(slot, ITEM, step.value);
      } catch (error) {
        await iterator.return?.(); // the item cannot be cloned: the generator ends at its `yield`
        throw error;
      }
    }
  }

  addCredit(slot: number, id: number, credit: number): void {
    if (slot !== this.#slot || id !== this.#id) return;
    this.#credit += credit;
    this.stop();
  }

  /** Do not wait for credit any longer. */
  stop(): void {
    this.#wake?.();
    this.#wake = null;
  }

  async #asked(): Promise<void> {
    while (this.#credit <= 0 && !this.#isStopped()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function iteratorOf(made: unknown): AnyIterator {
  if (isAsyncIterable(made)) return made[Symbol.asyncIterator]();
  if (isIterable(made)) return made[Symbol.iterator]();
  throw new TypeError(`stream() needs a function that makes an iterable, but it returned ${show(made)}`);
}
