import { RuntimeError } from "@asyncio-ts/contextvars";
import { takeMessage } from "./node-threads.ts";
import type { Contents, Port } from "./threadsafe-protocol.ts";

/** As it goes through the port: a message with its contents, or with none because they went ahead of it; or just these. */
type Parcel<M> = { readonly message: M; readonly contents: readonly unknown[] | null } | readonly unknown[];

/** So many levels of objects in objects, and so much in each, are read on any stack. */
const deepest = 3;
const widest = 8;

/**
 * One end of a port: messages that can always be read, each with contents that perhaps cannot.
 *
 * A thread cannot read what is nested too deep for its stack, nor memory that is not shared with it, and then does not learn
 * what it was. So contents that are not small go ahead of their message, which then says whose was lost. Those that are small go with
 * it: a second message would wake the other thread twice.
 */
export class Mailbox<Sent, Received> {
  readonly #port: Port;
  readonly #receive: (message: Received, contents: Contents) => void;
  #ahead: Contents | null = null;
  #isClosed = false;

  constructor(port: Port, receive: (message: Received, contents: Contents) => void) {
    this.#port = port;
    this.#receive = receive;
  }

  /** Receive messages as they arrive. */
  listen(): void {
    this.#port.onmessage = ({ data }) => this.#open(data as Parcel<Received>);
    this.#port.onmessageerror = ({ data }) => this.#miss(data);
  }

  /**
   * Receive what lies at the port now, without the event loop.
   *
   * @throws {RangeError} This thread has no stack left for it.
   */
  takeAll(): void {
    while (!this.#isClosed && this.#takeNext());
  }

  /** @throws {DOMException} The contents cannot be cloned; nothing was sent. */
  post(message: Sent, contents: readonly unknown[]): void {
    if (contents.every((each) => isSmall(each))) return this.#port.postMessage({ message, contents });
    this.#port.postMessage(contents);
    this.#port.postMessage({ message, contents: null });
  }

  close(): void {
    this.#isClosed = true;
    this.#port.close();
  }

  #takeNext(): boolean {
    claimStack();
    let next: ReturnType<typeof takeMessage>;
    try {
      next = takeMessage(this.#port);
    } catch (error) {
      this.#miss(error);
      return true;
    }
    if (next !== undefined) this.#open(next.message as Parcel<Received>);
    return next !== undefined;
  }

  #miss(cause: unknown): void {
    this.#ahead = unreadable(cause);
  }

  #open(parcel: Parcel<Received>): void {
    if (isAhead(parcel)) {
      this.#ahead = parcel;
      return;
    }
    const contents = parcel.contents ?? this.#ahead ?? unreadable(null);
    this.#ahead = null;
    this.#receive(parcel.message, contents);
  }
}

function isAhead(parcel: Parcel<unknown>): parcel is readonly unknown[] {
  return Array.isArray(parcel);
}

/** Whether any thread can read `value`, as far as a short look tells. */
function isSmall(value: unknown, level = 0): boolean {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return true;
  if (level === deepest || !isOrdinary(value)) return false;
  const parts = Object.values(value);
  return parts.length <= widest && parts.every((part) => isSmall(part, level + 1));
}

/** An array or an object of no class, and no long array: to list what that has would take its time. */
function isOrdinary(value: object): boolean {
  if (Array.isArray(value)) return value.length <= widest;
  return Object.getPrototypeOf(value) === Object.prototype;
}

/** Throw, as long as nothing is lost, where too little stack is left to read even what is small. */
function claimStack(frames = 200): void {
  if (frames > 0) claimStack(frames - 1);
}

/** Not every platform says why. */
function unreadable(cause: unknown): RuntimeError {
  const message = "Cannot read what another thread has sent";
  return cause instanceof Error
    ? new RuntimeError(`${message}: ${cause.message}`, { cause })
    : new RuntimeError(message);
}
