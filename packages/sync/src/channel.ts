import { show } from "@asyncio-ts/contextvars";
import { showAsString } from "@asyncio-ts/core";
import {
  type Coroutine,
  checkLimits,
  type GeneratorBody,
  mustWait,
  Operation,
  type WaitLimits,
} from "@asyncio-ts/tasks";
import { ChannelEnd } from "./channel-end.ts";
import { EndOfChannelError } from "./errors.ts";
import { Exchange, type Received } from "./exchange.ts";
import { type ItemIterator, iterateWith } from "./item-iterator.ts";

/** The two ends of a channel. */
export interface Channel<T> {
  readonly sender: Sender<T>;
  readonly receiver: Receiver<T>;
}

/**
 * Make a channel: what is sent into one end comes out at the other, in order, each item once.
 *
 * Each end can be cloned, so that every task has one of its own and closes it when it has done its part. The receivers
 * come to an end when the last sender is closed and everything was received; the senders are refused when the last
 * receiver is closed. So nobody has to know who else is still there, and nobody waits for those who are gone.
 *
 * @param capacity - How many items it holds while no receiver takes them; `Infinity` for any number. With 0, a sender
 * and a receiver meet: `send()` goes on when a receiver has taken the item.
 * @throws {TypeError} `capacity` is not a number.
 * @throws {RangeError} `capacity` is not a whole number, or is negative.
 *
 * @see {@link https://trio.readthedocs.io/en/stable/reference-core.html#using-channels-to-pass-values-between-tasks}
 *
 * @example
 * const { sender, receiver } = channel<string>(0);
 * for (const name of ["a", "b"]) {
 *   const own = sender.clone();
 *   createTask(async () => {
 *     using _ = own;
 *     await own.send(`from ${name}`);
 *   });
 * }
 * sender.close();
 * const received: string[] = [];
 * for await (const item of receiver) received.push(item);
 * received // => ["from a", "from b"]
 */
export function channel<T>(capacity: number): Channel<T> {
  if (typeof capacity !== "number") throw new TypeError(`The capacity of a channel is a number, not ${show(capacity)}`);
  if (!(capacity >= 0) || (capacity !== Number.POSITIVE_INFINITY && !Number.isInteger(capacity))) {
    throw new RangeError(`The capacity of a channel is a whole number that is not negative, not ${capacity}`);
  }
  const exchange = new Exchange<T>(capacity);
  return { sender: new Sender(exchange), receiver: new Receiver(exchange) };
}

/** The end of a channel into which items are sent. */
export class Sender<T> extends ChannelEnd<T> {
  static {
    showAsString(this);
  }

  /**
   * Send an item: wait until it is in the channel or, if that is full, until a receiver has made room for it. With a
   * capacity of 0, until a receiver has taken it.
   *
   * Takes no turn if there is room.
   *
   * @throws {BrokenChannelError} There is no receiver, or none any more.
   * @throws {ClosedChannelError} This end is closed, or was while this waited.
   * @throws {TimeoutError} `timeout` seconds have passed.
   * @throws The reason of `signal`, when it is aborted or was aborted before.
   * @throws {RuntimeError} It has to wait, and the channel was waited for in another loop before.
   *
   * ## Cancellation
   * A cancelled `send()` has sent nothing, unless the item was accepted in that very turn: a cancellation wins over a
   * success that has not arrived yet. In no case is the item lost or received twice.
   *
   * @example
   * const { sender } = channel<number>(1);
   * await sender.send(1);
   * await sender.send(2, { timeout: 5 }).catch(String) // => "TimeoutError: send() timed out after 5 s"
   */
  send(item: T, limits?: WaitLimits): Coroutine<void> {
    if (limits !== undefined) checkLimits("send", limits);
    return new Send(this, this.exchange, item, limits);
  }

  /**
   * Send an item if that is possible at once: if there is room in the channel, or a receiver waits for it.
   *
   * Should that receiver give up in the same turn, the item goes to the next one, as the first.
   *
   * @returns Whether it was sent.
   * @throws {BrokenChannelError} There is no receiver any more.
   * @throws {ClosedChannelError} This end is closed.
   */
  trySend(item: T): boolean {
    return this.exchange.handOver(this, item);
  }

  /**
   * Another sender of the same channel, that has to be closed as well.
   *
   * @throws {ClosedChannelError} This end is closed.
   */
  clone(): Sender<T> {
    this.checkClonable();
    return new Sender(this.exchange);
  }

  protected override opened(): void {
    this.exchange.openSender();
  }

  protected override closed(): void {
    this.exchange.closeSender(this);
  }
}

/** The end of a channel from which items are received: with `receive()`, or with `for await`. */
export class Receiver<T> extends ChannelEnd<T> {
  static {
    showAsString(this);
  }

  /**
   * Take the next item, waiting until there is one.
   *
   * Takes no turn if there is one and nobody waits.
   *
   * @throws {EndOfChannelError} All senders are closed, and everything was received.
   * @throws {ClosedChannelError} This end is closed, or was while this waited.
   * @throws {TimeoutError} `timeout` seconds have passed.
   * @throws The reason of `signal`, when it is aborted or was aborted before.
   * @throws {RuntimeError} It has to wait, and the channel was waited for in another loop before.
   *
   * ## Cancellation
   * Safe. A cancelled `receive()` has taken nothing; if it was being woken for an item, the next one is woken instead.
   *
   * @example
   * const { sender, receiver } = channel<string>(1);
   * await sender.send("hello");
   * await receiver.receive() // => "hello"
   */
  receive(limits?: WaitLimits): Coroutine<T> {
    if (limits !== undefined) checkLimits("receive", limits);
    return new Receive(this, this.exchange, limits);
  }

  /**
   * Take the next item if there is one that nobody who waits is about to take.
   *
   * @returns The item in an object, or `null`.
   * @throws {EndOfChannelError} All senders are closed, and everything was received.
   * @throws {ClosedChannelError} This end is closed.
   */
  tryReceive(): { readonly item: T } | null {
    const received = this.exchange.receiveNow(this);
    return received && { item: itemOf(received) };
  }

  /**
   * The items as they come, until all senders are closed and everything was received.
   *
   * Several can share a channel; each item goes to one of them. In a generator body, where there is no `for await`,
   * `yield* iterator.next()` does a step. Leaving the loop does not close the end.
   */
  [Symbol.asyncIterator](): ItemIterator<T> {
    return iterateWith(() => new Next(this, this.exchange, undefined));
  }

  /**
   * Another receiver of the same channel, that has to be closed as well. Each item goes to one receiver.
   *
   * @throws {ClosedChannelError} This end is closed.
   */
  clone(): Receiver<T> {
    this.checkClonable();
    return new Receiver(this.exchange);
  }

  protected override opened(): void {
    this.exchange.openReceiver();
  }

  protected override closed(): void {
    this.exchange.closeReceiver(this);
  }
}

abstract class ChannelOperation<T, R> extends Operation<R> {
  readonly end: ChannelEnd<T>;
  readonly exchange: Exchange<T>;
  readonly limits: WaitLimits | undefined;

  constructor(end: ChannelEnd<T>, exchange: Exchange<T>, limits: WaitLimits | undefined) {
    super();
    this.end = end;
    this.exchange = exchange;
    this.limits = limits;
  }
}

class Send<T> extends ChannelOperation<T, void> {
  readonly #item: T;

  constructor(end: ChannelEnd<T>, exchange: Exchange<T>, item: T, limits: WaitLimits | undefined) {
    super(end, exchange, limits);
    this.#item = item;
  }

  override get name(): string {
    return "send";
  }

  protected override attempt(): undefined | typeof mustWait {
    this.limits?.signal?.throwIfAborted();
    return this.exchange.sendNow(this.end, this.#item) ? undefined : mustWait;
  }

  protected override otherwise(): GeneratorBody<void> {
    return this.exchange.sendInTurn(this.end, this.#item, this.limits);
  }
}

class Receive<T> extends ChannelOperation<T, T> {
  override get name(): string {
    return "receive";
  }

  protected override attempt(): T | typeof mustWait {
    this.limits?.signal?.throwIfAborted();
    const received = this.exchange.receiveNow(this.end);
    return received === null ? mustWait : itemOf(received);
  }

  protected override *otherwise(): GeneratorBody<T> {
    return itemOf(yield* this.exchange.receiveInTurn(this.end, this.limits));
  }
}

/** A step of `for await`. */
class Next<T> extends ChannelOperation<T, Received<T>> {
  override get name(): string {
    return "next";
  }

  protected override attempt(): Received<T> | typeof mustWait {
    return this.exchange.receiveNow(this.end) ?? mustWait;
  }

  protected override otherwise(): GeneratorBody<Received<T>> {
    return this.exchange.receiveInTurn(this.end, this.limits);
  }
}

function itemOf<T>(received: Received<T>): T {
  if (received.done) throw new EndOfChannelError("Cannot receive from a channel whose senders are all closed");
  return received.value;
}
