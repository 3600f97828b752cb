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
  #lastSlice: Seconds = 0;

  override drainMicrotasks(): boolean {
    return false;
  }

  /**
   * Immediates of Deno let little I/O pass: while tasks spin, a message is 14 ms late in the middle. A timer lets all of it
   * pass, but takes a millisecond. So does an operation of the runtime itself, which comes back in 0.03 ms: with two before
   * each slice the message is 0.6 ms late. (With one it is as well, but twice as late as with two where the machine is busy.)
   * A loop that was idle has let all I/O pass already.
   */
  override afterIo(callback: () => void): void {
    const isSpinning = this.now() - this.#lastSlice < longestSlice;
    const slice = (): void => {
      this.#lastSlice = this.now();
      callback();
    };
    if (isSpinning) this.outsideFlows(afterOperations, slice);
    else super.afterIo(slice);
  }
}

const nothing = new Uint8Array(0);

/** The smallest operation of Deno that is asynchronous and needs no permission. */
function operate(): Promise<unknown> {
  return crypto.subtle.digest("SHA-1", nothing);
}

/** `callback` may throw, so it is an immediate. */
function afterOperations(callback: () => void): void {
  void operate()
    .then(operate)
    .then(() => setImmediate(callback));
}
