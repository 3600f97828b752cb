import { RuntimeError, show } from "@asyncio-ts/contextvars";
import { type Host, runningLoop } from "@asyncio-ts/core";
import { newPlatformHost } from "#platform-host";
import { EventLoop } from "./event-loop.ts";

/**
 * Decides which loop a program gets that does not make one itself.
 *
 * Worth replacing to have another kind of loop everywhere; for a single run, `loopFactory` does that. Each thread has its
 * own policy and its own current loop.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-policy.html}
 */
export interface EventLoopPolicy {
  /** Make a loop. */
  newEventLoop(): EventLoop;
  /** The current loop. Only asked when none is running; never answers nothing. */
  getEventLoop(): EventLoop;
  /** Make `loop` the current one; `null` for none. */
  setEventLoop(loop: EventLoop | null): void;
}

/**
 * The policy of a thread that has set no other: loops for the runtime that it is in, and no current loop until one is set.
 *
 * A policy of your own may extend it and override `newEventLoop`.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-policy.html#asyncio.DefaultEventLoopPolicy}
 *
 * @example
 * class DebugPolicy extends DefaultEventLoopPolicy {
 *   override newEventLoop() {
 *     const loop = super.newEventLoop();
 *     loop.setDebug(true);
 *     return loop;
 *   }
 * }
 * const loop = new DebugPolicy().newEventLoop();
 * loop.getDebug() // => true
 * loop.close();
 */
export class DefaultEventLoopPolicy implements EventLoopPolicy {
  #host: Host | null = null;
  #current: EventLoop | null = null;

  newEventLoop(): EventLoop {
    // Not before it is needed: a host starts to carry contexts, which slows down every promise of the program on Node 20.
    this.#host ??= this.newHost();
    return new EventLoop(this.#host);
  }

  /** What the loops run on; asked once, for the first of them. */
  protected newHost(): Host {
    return newPlatformHost();
  }

  /** @throws {RuntimeError} None is set. */
  getEventLoop(): EventLoop {
    if (this.#current !== null) return this.#current;
    throw new RuntimeError("There is no current event loop in this thread; setEventLoop() sets one");
  }

  /** @throws {TypeError} `loop` is neither a loop nor `null`. */
  setEventLoop(loop: EventLoop | null): void {
    if (loop !== null && !(loop instanceof EventLoop)) {
      throw new TypeError(`setEventLoop() needs an event loop or null, not ${show(loop)}`);
    }
    this.#current = loop;
  }
}

let policy: EventLoopPolicy = new DefaultEventLoopPolicy();

/** The policy of this thread. */
export function getEventLoopPolicy(): EventLoopPolicy {
  return policy;
}

/**
 * Set the policy of this thread; `null` restores a default one.
 *
 * Loops that exist are not concerned.
 *
 * @throws {TypeError} `newPolicy` lacks a method of a policy.
 */
export function setEventLoopPolicy(newPolicy: EventLoopPolicy | null): void {
  if (newPolicy !== null && !isPolicy(newPolicy)) {
    throw new TypeError(`setEventLoopPolicy() needs a policy or null, not ${show(newPolicy)}`);
  }
  policy = newPolicy ?? new DefaultEventLoopPolicy();
}

/**
 * Make a loop, as the policy of this thread does. Whoever makes a loop closes it.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.new_event_loop}
 *
 * @example
 * const loop = newEventLoop();
 * await loop.runUntilComplete(sleep(0.01, "done")) // => "done"
 * loop.close();
 */
export function newEventLoop(): EventLoop {
  return policy.newEventLoop();
}

/**
 * The loop that is running here, else the one that `setEventLoop` has set for this thread.
 *
 * @throws {RuntimeError} There is neither.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.get_event_loop}
 */
export function getEventLoop(): EventLoop {
  return (runningLoop() as EventLoop | null) ?? policy.getEventLoop();
}

/**
 * Make `loop` the current one of this thread; `null` for none.
 *
 * @throws {TypeError} `loop` is neither a loop nor `null`.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.set_event_loop}
 *
 * @example
 * const loop = newEventLoop();
 * setEventLoop(loop);
 * getEventLoop() === loop // => true
 * setEventLoop(null);
 */
export function setEventLoop(loop: EventLoop | null): void {
  policy.setEventLoop(loop);
}

function isPolicy(value: unknown): value is EventLoopPolicy {
  const methods = ["newEventLoop", "getEventLoop", "setEventLoop"] as const;
  return typeof value === "object" && value !== null && methods.every((name) => isMethodOf(value, name));
}

function isMethodOf(object: object, name: keyof EventLoopPolicy): boolean {
  return typeof (object as Partial<EventLoopPolicy>)[name] === "function";
}
