import { ClosedChannelError } from "./errors.ts";
import type { ChannelStatistics, Exchange } from "./exchange.ts";
import type { Place } from "./wait-line.ts";

/** An end of a channel: open until it is closed, once. */
export abstract class ChannelEnd<T = unknown> implements Disposable {
  /** @internal Those who wait at this end. */
  readonly waiting: Set<Place> = new Set<Place>();
  /** @internal */
  protected readonly exchange: Exchange<T>;
  #isClosed = false;

  /** @internal Made by `channel()` and `clone()`. */
  constructor(exchange: Exchange<T>) {
    this.exchange = exchange;
    this.opened();
  }

  /** Whether this end is closed. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Close this end; whoever waits at it is refused. Its clones are not concerned. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.closed();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** How things stand with the whole channel, for monitoring. */
  statistics(): ChannelStatistics {
    return this.exchange.statistics();
  }

  toString(): string {
    const { capacity, buffered, senders, receivers } = this.statistics();
    const counts = `capacity=${capacity} buffered=${buffered} senders=${senders} receivers=${receivers}`;
    return `<${this.constructor.name} ${counts}${this.#isClosed ? " closed" : ""}>`;
  }

  /** @internal */
  protected abstract opened(): void;

  /** @internal */
  protected abstract closed(): void;

  /** @internal */
  protected checkClonable(): void {
    if (this.#isClosed) throw new ClosedChannelError("Cannot clone an end that is closed");
  }
}
