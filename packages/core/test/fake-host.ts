import type { Cancellable, Host, Seconds } from "../src/host.ts";

/**
 * A host that does nothing by itself: it notes what a loop asks for, and a test calls back. So a test is synchronous.
 *
 * It refuses what a loop must not do: wait for two things at once, or sleep twice.
 */
export class FakeHost implements Host {
  time: Seconds = 0;
  clockReads = 0;
  /** What was asked for, in order: `afterMicrotasks`, `afterIo`, `wakeAt 5`, `whenStuck`, and cancellations. */
  readonly requests: string[] = [];
  #pending: (() => void) | null = null;
  #alarm: { readonly time: Seconds; readonly callback: () => void } | null = null;
  #stuck: (() => void) | null = null;

  now(): Seconds {
    this.clockReads++;
    return this.time;
  }

  afterMicrotasks(callback: () => void): void {
    this.#wait("afterMicrotasks", callback);
  }

  afterIo(callback: () => void): void {
    this.#wait("afterIo", callback);
  }

  wakeAt(time: Seconds, callback: () => void): Cancellable {
    if (this.#alarm !== null) throw new Error("The loop set a second alarm");
    this.requests.push(`wakeAt ${time}`);
    this.#alarm = { time, callback };
    return {
      cancel: () => {
        this.requests.push("cancel wakeAt");
        this.#alarm = null;
      },
    };
  }

  whenStuck(callback: () => void): Cancellable {
    if (this.#stuck !== null) throw new Error("The loop asked twice to be told that it is stuck");
    this.requests.push("whenStuck");
    this.#stuck = callback;
    return {
      cancel: () => {
        this.requests.push("cancel whenStuck");
        this.#stuck = null;
      },
    };
  }

  /** When the loop wants to be woken, or `null`. */
  get alarm(): Seconds | null {
    return this.#alarm?.time ?? null;
  }

  /** Whether the loop waits to be called back soon. */
  get isAwaited(): boolean {
    return this.#pending !== null;
  }

  /** What was asked for since the last call. */
  takeRequests(): string[] {
    return this.requests.splice(0);
  }

  /** Call back: the microtask queue is empty, or the I/O is done. */
  proceed(): void {
    const callback = this.#pending;
    if (callback === null) throw new Error("The loop waits for nothing");
    this.#pending = null;
    callback();
  }

  /** Call back until the loop sleeps or has stopped. */
  settle(): void {
    while (this.isAwaited) this.proceed();
  }

  /** Let the alarm go off, at the time that the loop has asked for or at another. */
  ring(time?: Seconds): void {
    const alarm = this.#alarm;
    if (alarm === null) throw new Error("The loop set no alarm");
    this.#alarm = null;
    this.time = time ?? Math.max(this.time, alarm.time);
    alarm.callback();
  }

  /** Tell the loop that nothing will ever happen again. */
  beStuck(): void {
    const callback = this.#stuck;
    if (callback === null) throw new Error("The loop does not want to know");
    this.#stuck = null;
    callback();
  }

  #wait(request: string, callback: () => void): void {
    if (this.#pending !== null) throw new Error("The loop waits for two things at once");
    this.requests.push(request);
    this.#pending = callback;
  }
}
