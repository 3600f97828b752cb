import type { Seconds } from "@asyncio-ts/core";
import { ProcessHost } from "./process-host.ts";

/** Slices of a loop that spins follow each other closer than this; one that is woken later was idle. */
const longestSlice: Seconds = 0.002;

/**
 * Deno's event loop as the host of ours, through the globals that it has from Node.
 *
 * Its ticks keep Node's order. It has a function that runs the microtasks in place, but an internal one, and a tick costs
 * less: 0.3 µs against 0.5 µs (Deno 2.9). Where the top level of the main module awaits what can never come, there is no
 * `DeadlockError`: Deno ends the process with an error of its own, but waits for ever while anybody listens to a signal,
 * as `run()` does unless `interruptedBy` is empty. A run that the top level does not await gets its error.
 *
 * @example
 * const host: Host = new DenoHost();
 * host.drainMicrotasks?.() // => false
 */
export class DenoHost extends ProcessHost {
  #slices = 0;
  #lastSlice: Seconds = 0;

  override drainMicrotasks(): boolean {
    return false;
  }

  /**
   * Immediates of Deno let little I/O pass: while tasks spin, a message is 14 ms late in the middle. A timer lets all of it
   * pass, but takes a millisecond. Every fourth time it is one, so that I/O is 2 ms late and the loop loses a quarter. A
   * loop that was idle has let all I/O pass already, and is not to be woken late.
   */
  override afterIo(callback: () => void): void {
    const isSpinning = this.now() - this.#lastSlice < longestSlice;
    this.#slices = isSpinning ? (this.#slices + 1) % 4 : 1;
    const slice = (): void => {
      this.#lastSlice = this.now();
      callback();
    };
    if (this.#slices === 0) this.outsideFlows(setTimeout, slice);
    else super.afterIo(slice);
  }
}
