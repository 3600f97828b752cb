import type { Seconds } from "@asyncio-ts/core";
import type { GeneratorBody, WaitLimits } from "@asyncio-ts/tasks";
import type { ChannelEnd } from "./channel-end.ts";
import { BrokenChannelError, ClosedChannelError } from "./errors.ts";
import { Ring } from "./ring.ts";
import { type Place, WaitLine } from "./wait-line.ts";

/** What is known about a channel. */
export interface ChannelStatistics {
  /** How many items it holds at most without a receiver. */
  readonly capacity: number;
  /** How many items it holds. */
  readonly buffered: number;
  /** How many ends are open on each side. */
  readonly senders: number;
  readonly receivers: number;
  /** How many tasks wait in `send()` and in `receive()`. */
  readonly sending: number;
  readonly receiving: number;
}

/** What a receiver gets: an item, or that no more will come. */
export type Received<T> = IteratorResult<T, undefined>;

const endOfItems: Received<never> = { done: true, value: undefined };

/**
 * What the ends of a channel share: the items that are on their way, and those who wait on either side.
 *
 * An item is at one place at any time: with its sender, who offers it and waits; in the buffer; or with its receiver.
 * It leaves the sender in the very moment in which a receiver takes it, or something out of the buffer in front of it.
 *
 * A receiver that waits is woken, and takes the item when its task resumes. Until then it has a claim: the item is still
 * where it was, so that a receiver cancelled meanwhile has taken nothing, and the claim goes to the next.
 *
 * - While receivers wait, there is a claim for each item, no more and no fewer.
 * - While senders wait, the buffer is full.
 * - No item overtakes another, and whoever comes while others wait takes only what they have no claim to.
 */
export class Exchange<T> {
  readonly #capacity: number;
  readonly #buffer = new Ring<T>();
  readonly #offers = new Map<Place, T>();
  readonly #senders = new WaitLine(this);
  readonly #receivers = new WaitLine(this);
  #openSenders = 0;
  #openReceivers = 0;
  /** How many receivers were woken and have not resumed. */
  #claims = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  toString(): string {
    return "<channel>";
  }

  statistics(): ChannelStatistics {
    return {
      capacity: this.#capacity,
      buffered: this.#buffer.length,
      senders: this.#openSenders,
      receivers: this.#openReceivers,
      sending: this.#senders.length,
      receiving: this.#receivers.length,
    };
  }

  // -- sending

  /** Put an item into the buffer, if there is room. */
  sendNow(end: ChannelEnd, item: T): boolean {
    this.#checkSending(end);
    if (this.#buffer.length >= this.#capacity) return false;
    this.#accept(item);
    return true;
  }

  /** As `sendNow()`, or if a receiver waits that has no claim yet: then the item is one more than fits in. */
  handOver(end: ChannelEnd, item: T): boolean {
    if (this.sendNow(end, item)) return true;
    if (this.#senders.length > 0 || this.#receivers.length === 0) return false;
    this.#accept(item);
    return true;
  }

  /** Offer an item until it is taken. */
  *sendInTurn(end: ChannelEnd, item: T, limits: WaitLimits | undefined): GeneratorBody<void> {
    const place = this.#senders.enter();
    this.#offers.set(place, item);
    end.waiting.add(place);
    this.#wakeReceivers();
    try {
      yield* this.#senders.waitAt(place, "send", limits);
    } finally {
      this.#offers.delete(place);
      end.waiting.delete(place);
    }
  }

  // -- receiving

  /** Take the next item, unless those who wait have a claim to all; `null` if there is something to wait for. */
  receiveNow(end: ChannelEnd): Received<T> | null {
    checkOpen(end, "receive");
    if (this.#available > this.#claims) return { done: false, value: this.#take() };
    return this.#isAtEnd ? endOfItems : null;
  }

  /** Wait for an item. */
  *receiveInTurn(end: ChannelEnd, limits: WaitLimits | undefined): GeneratorBody<Received<T>> {
    let began: Seconds | undefined;
    for (;;) {
      const place = this.#receivers.enter();
      if (limits !== undefined) began ??= place.loop.time();
      end.waiting.add(place);
      try {
        yield* this.#receivers.waitAt(place, "receive", limits, began);
        checkOpen(end, "receive");
        if (this.#available > 0) return { done: false, value: this.#take() };
        if (this.#isAtEnd) return endOfItems;
      } finally {
        end.waiting.delete(place);
        if (place.isWoken) this.#claims--;
        this.#wakeReceivers();
      }
    }
  }

  // -- ends

  openSender(): void {
    this.#openSenders++;
  }

  openReceiver(): void {
    this.#openReceivers++;
  }

  closeSender(end: ChannelEnd): void {
    this.#openSenders--;
    failAll(end.waiting, () => new ClosedChannelError("Cannot go on sending through an end that was closed"));
    this.#wakeReceivers();
  }

  closeReceiver(end: ChannelEnd): void {
    this.#openReceivers--;
    failAll(end.waiting, () => new ClosedChannelError("Cannot go on receiving from an end that was closed"));
    if (this.#openReceivers > 0) return;
    while (this.#buffer.length > 0) this.#buffer.take();
    failAll(this.#offers.keys(), brokenChannel);
  }

  // --

  get #available(): number {
    return this.#buffer.length + this.#senders.length;
  }

  /** Nothing is there, and nothing will come. */
  get #isAtEnd(): boolean {
    return this.#openSenders === 0 && this.#available === 0;
  }

  #checkSending(end: ChannelEnd): void {
    checkOpen(end, "send");
    if (this.#openReceivers === 0) throw brokenChannel();
  }

  #accept(item: T): void {
    this.#buffer.put(item);
    this.#wakeReceivers();
  }

  #take(): T {
    if (this.#buffer.length === 0) return this.#takeOffer();
    const item = this.#buffer.take();
    if (this.#senders.length > 0 && this.#buffer.length < this.#capacity) this.#buffer.put(this.#takeOffer());
    return item;
  }

  /** Take the first item that is still offered; there must be one. */
  #takeOffer(): T {
    for (const [place, item] of this.#offers) {
      this.#offers.delete(place);
      if (place.done()) continue; // its sender gave up, and has not resumed yet
      place.setResult();
      return item;
    }
    throw new Error("No item is offered");
  }

  #wakeReceivers(): void {
    while ((this.#claims < this.#available || this.#isAtEnd) && this.#receivers.wakeNext()) this.#claims++;
  }
}

function checkOpen(end: ChannelEnd, action: string): void {
  if (end.isClosed) throw new ClosedChannelError(`Cannot ${action} through an end that is closed`);
}

function brokenChannel(): BrokenChannelError {
  return new BrokenChannelError("Cannot send into a channel whose receivers are all closed");
}

function failAll(places: Iterable<Place>, makeError: () => Error): void {
  for (const place of places) if (!place.done()) place.setException(makeError());
}
