import { capture, copyContext } from "@asyncio-ts/contextvars";
import type { Cancellable, Host, Seconds } from "@asyncio-ts/core";
import { Alarm } from "./alarm.ts";

/** A `MessageChannel` as pages have it: the types of Node know another one. */
interface WebChannel {
  /** On Node, which may be used with this host as well, an open port holds the process unless it is told not to. */
  readonly port1: { onmessage: (() => void) | null; ref?(): void; unref?(): void };
  readonly port2: { postMessage(message: null): void };
}

/** The `scheduler` of a page, where there is one. */
interface WebScheduler {
  postTask(callback: () => void, options: { readonly priority: "user-blocking" }): unknown;
}

/** How long native steps may follow each other before others have their turn: as long as the turns of a loop do. */
const longestHold: Seconds = 0.001;

/**
 * The event loop of a web page or a web worker as the host of ours.
 *
 * A page cannot empty the microtask queue in place, nor ask for the moment when it is empty: the next task of the page is
 * the first that comes after. It is asked for by a message, for a timer would take four milliseconds. So each step of a
 * native body costs a task; steps of generators cost nothing.
 *
 * Where there is `scheduler.postTask`, native steps follow each other by tasks that are `user-blocking`, so that messages and
 * timers of the page do not come between them. Those would not come at all while a loop is busy; so once in a millisecond a
 * message is sent again. Elsewhere events of the page may come between any two native steps.
 *
 * The page decides when timers fire. In a background tab that is once a second, or once a minute: what is due by then runs
 * in one turn, in the order of the deadlines. Timers of a worker go on, which is where to run what has to be on time. A
 * page never says that nothing will happen any more, so there is no `DeadlockError`.
 *
 * @see {@link https://developer.mozilla.org/docs/Web/API/Window/setTimeout#reasons_for_longer_delays_than_specified}
 *
 * @example
 * const loop = new EventLoop(new WebHost());
 * await loop.runUntilComplete(sleep(0.01, "done")) // => "done"
 * loop.close();
 */
export class WebHost implements Host {
  /** Nobody's flow: whoever wakes a loop must not lend it his context and his task for all turns that follow. */
  readonly #flow = capture({ context: copyContext(), owner: null });
  readonly #callbacks: (() => void)[] = [];
  #channel: WebChannel | null = null;
  /** When a message last came, and so whatever had waited before it. */
  #lastMessage: Seconds = Number.NEGATIVE_INFINITY;

  now(): Seconds {
    return performance.now() / 1000;
  }

  afterMicrotasks(callback: () => void): void {
    const { scheduler } = globalThis as { readonly scheduler?: Partial<WebScheduler> };
    if (scheduler?.postTask === undefined || this.now() - this.#lastMessage > longestHold) {
      this.#callInNextTask(callback);
    } else {
      scheduler.postTask(() => this.#flow.runInAsyncScope(callback, undefined), { priority: "user-blocking" });
    }
  }

  /**
   * A message: a page paints and takes input between two of them. Node does not: a port passes on a thousand of them
   * before the process has its I/O again.
   */
  afterIo(callback: () => void): void {
    const isNode = this.#openChannel().port1.ref !== undefined && typeof globalThis.setImmediate === "function";
    if (isNode) this.#flow.runInAsyncScope(setImmediate, undefined, callback);
    else this.#callInNextTask(callback);
  }

  wakeAt(time: Seconds, callback: () => void): Cancellable {
    return this.#flow.runInAsyncScope(() => new Alarm(this, time, callback), undefined);
  }

  whenStuck(): Cancellable {
    return { cancel() {} };
  }

  #callInNextTask(callback: () => void): void {
    const { port1, port2 } = this.#openChannel();
    this.#callbacks.push(callback);
    if (this.#callbacks.length === 1) port1.ref?.();
    port2.postMessage(null);
  }

  #openChannel(): WebChannel {
    if (this.#channel !== null) return this.#channel;
    const channel = new MessageChannel() as unknown as WebChannel;
    channel.port1.onmessage = () => this.#flow.runInAsyncScope(this.#callNext, undefined);
    channel.port1.unref?.();
    this.#channel = channel;
    return channel;
  }

  readonly #callNext = (): void => {
    this.#lastMessage = this.now();
    const callback = this.#callbacks.shift();
    if (this.#callbacks.length === 0) this.#channel?.port1.unref?.();
    callback?.();
  };
}
