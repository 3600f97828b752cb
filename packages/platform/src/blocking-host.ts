import { RuntimeError } from "@asyncio-ts/contextvars";
import type { Cancellable, Host, Seconds } from "@asyncio-ts/core";
import { canTakeMessages } from "./node-threads.ts";
import { longestSleep, sharedWord, sleepOn } from "./threadsafe-protocol.ts";

/** Another thread that may ask something of the loop. */
export interface Caller {
  /** Take what it has sent. */
  take(): void;
  /** Whether it has ended, or has been told that the loop is closed. */
  isGone(): boolean;
}

/**
 * A thread that belongs to one loop: where there is nothing to do, the thread sleeps.
 *
 * As CPython's loop in its `select()`, here in `Atomics.wait`. Promises do not settle meanwhile, nor does any I/O of
 * JavaScript happen: it is for generator coroutines, in worker threads. Other threads wake it by ringing `bell`.
 */
export class BlockingHost implements Host {
  /** Rung by other threads. */
  readonly bell: Int32Array;
  readonly #ready: (() => void)[] = [];
  #callers: readonly Caller[] = [];
  #alarm: { readonly time: Seconds; readonly callback: () => void } | null = null;
  #stuck: (() => void) | null = null;
  #wasStuck = false;

  /** @throws {RuntimeError} Threads share no memory here. */
  constructor() {
    const bell = sharedWord();
    if (bell === null) throw new RuntimeError("A thread cannot sleep here: there is no SharedArrayBuffer");
    this.bell = bell;
  }

  now(): Seconds {
    return performance.now() / 1000;
  }

  afterMicrotasks(callback: () => void): void {
    this.#ready.push(callback);
  }

  afterIo(callback: () => void): void {
    this.#ready.push(callback);
  }

  wakeAt(time: Seconds, callback: () => void): Cancellable {
    const alarm = { time, callback };
    this.#alarm = alarm;
    return {
      cancel: () => {
        if (this.#alarm === alarm) this.#alarm = null;
      },
    };
  }

  whenStuck(callback: () => void): Cancellable {
    this.#stuck = callback;
    return {
      cancel: () => {
        if (this.#stuck === callback) this.#stuck = null;
      },
    };
  }

  /** Let `caller` be heard whenever the bell was rung, until it is gone. */
  hear(caller: Caller): void {
    this.#callers = [...this.#callers, caller];
  }

  /**
   * Call back what is due, and sleep in between, until the loop wants nothing any more.
   *
   * @returns Whether that is because nothing can ever wake it.
   */
  runUntil(isOver: () => boolean): boolean {
    this.#wasStuck = false;
    while (!isOver()) {
      const seen = Atomics.load(this.bell, 0);
      for (const caller of this.#callers) caller.take();
      const next = this.#ready.shift() ?? this.#takeDue();
      if (next !== null) next();
      else if (!isOver()) this.#sleep(seen);
    }
    return this.#wasStuck;
  }

  #takeDue(): (() => void) | null {
    const alarm = this.#alarm;
    if (alarm !== null && this.now() >= alarm.time) {
      this.#alarm = null;
      return alarm.callback;
    }
    const stuck = this.#stuck;
    if (alarm !== null || stuck === null || this.#mayBeCalled()) return null;
    this.#stuck = null;
    this.#wasStuck = true;
    return stuck;
  }

  #mayBeCalled(): boolean {
    return this.#callers.length > 0 && canTakeMessages();
  }

  /** A caller that was terminated rings no more, so it is looked for now and then. */
  #sleep(seen: number): void {
    const left = this.#alarm === null ? Number.POSITIVE_INFINITY : this.#alarm.time - this.now();
    const limit = this.#callers.length === 0 ? left : Math.min(left, longestSleep);
    if (!sleepOn(this.bell, seen, limit)) this.#callers = this.#callers.filter((caller) => !caller.isGone());
  }
}
