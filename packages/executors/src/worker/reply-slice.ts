import { toRecord } from "../error-record.ts";
import { ERROR, type ITEM, type PROGRESS, type SKIPPED, type STARTED, VALUE } from "../protocol.ts";
import { firstLineOf } from "../sendable.ts";
import { takeTransfers } from "../transfer.ts";
import type { WorkerLink } from "./worker-link.ts";

/** The replies that have not been sent yet. */
export class ReplySlice {
  readonly #link: WorkerLink;
  #replies: unknown[] = [0, 0];
  /** What is moved along with a value, by its place among the replies. */
  #transfers: Map<number, object[]> | null = null;

  /** How many replies are being written right now: to read what a job has returned may run its code. */
  unsent = 0;

  /** How many jobs have ended, or were skipped, so far. */
  ended = 0;

  constructor(link: WorkerLink) {
    this.#link = link;
  }

  get isEmpty(): boolean {
    return this.#replies.length === 2;
  }

  add(slot: number, kind: typeof VALUE | typeof ERROR | typeof SKIPPED, value: unknown): void {
    this.ended++;
    this.#replies.push(slot, kind, value);
    if (typeof value === "object" && value !== null) this.#noteTransfers(value);
  }

  /**
   * Send them.
   *
   * @param elapsed - How long the jobs took, in milliseconds.
   * @param claimed - How many jobs begin without a further word; -1 for as many as before.
   */
  send(elapsed: number, claimed: number): void {
    const replies = this.#replies;
    const transfers = this.#transfers;
    this.#replies = [0, 0];
    this.#transfers = null;
    replies[0] = elapsed;
    replies[1] = claimed;
    this.unsent = (replies.length - 2) / 3;
    try {
      this.#link.post(replies, transfers === null ? [] : [...transfers.values()].flat());
    } catch {
      this.#sendEach(replies, transfers);
    }
    this.unsent = 0;
  }

  /** Send `value` at once, on its own. @throws {DataCloneError} It cannot be cloned. */
  sendNow(slot: number, kind: typeof PROGRESS | typeof ITEM | typeof STARTED, value: unknown): void {
    this.#link.post([0, -1, slot, kind, value], takeTransfers([value]));
  }

  /** One of several cannot be cloned: it must not take the others with it. */
  #sendEach(replies: readonly unknown[], transfers: ReadonlyMap<number, object[]> | null): void {
    for (let i = 2; i < replies.length; i += 3) {
      const [slot, kind, value] = replies.slice(i, i + 3);
      const head = i === 2 ? replies.slice(0, 2) : [0, -1];
      try {
        this.#link.post([...head, slot, kind, value], transfers?.get(i) ?? []);
      } catch (error) {
        this.#link.post([...head, slot, ERROR, toRecord(cannotBeSent(kind, error))], []);
      }
      this.unsent--;
    }
  }

  #noteTransfers(value: object): void {
    const found = takeTransfers([value]);
    if (found.length === 0) return;
    this.#transfers ??= new Map();
    this.#transfers.set(this.#replies.length - 3, found);
  }
}

function cannotBeSent(kind: unknown, cause: unknown): unknown {
  const what = kind === VALUE ? "result" : "error";
  return new DOMException(
    `The ${what} of a job cannot be sent to its submitter: ${firstLineOf(cause)}`,
    "DataCloneError",
  );
}
