import type { Host, Seconds } from "./host.ts";

/** How long turns run back to back before the host has its I/O. */
const sliceDuration: Seconds = 0.001;
const strideAtMost = 32;

/**
 * The clock of a loop, read as rarely as is safe.
 *
 * Reading the host's clock costs about as much as a task's step. So it is read once in a *stride* of handles, and the
 * stride adapts: it halves when one took long, doubles when it took next to no time. Whoever asks for the time refreshes
 * it for all.
 */
export class SliceClock {
  /** The time as last read. */
  now: Seconds;
  readonly #host: Host;
  #sliceEnd: Seconds = 0;
  #stride = 1;
  #strideBegan: Seconds;
  #handlesLeft = 1;

  constructor(host: Host) {
    this.#host = host;
    this.now = this.#strideBegan = host.now();
  }

  read(): Seconds {
    this.now = this.#host.now();
    return this.now;
  }

  beginSlice(): void {
    this.#strideBegan = this.read();
    this.#sliceEnd = this.now + sliceDuration;
  }

  handleRuns(): void {
    this.#handlesLeft--;
  }

  sliceIsOver(): boolean {
    if (this.#handlesLeft <= 0) this.#endStride();
    return this.now > this.#sliceEnd; // not at it: a slice that begins at 1e15 ends there, and must get to a turn
  }

  /** Others may have read the clock meanwhile: what counts is how long ago the stride began. */
  #endStride(): void {
    this.#adapt(this.read() - this.#strideBegan);
    this.#strideBegan = this.now;
  }

  #adapt(took: Seconds): void {
    if (took > sliceDuration / 4) this.#stride = Math.max(1, this.#stride >> 1);
    else if (this.#stride < strideAtMost) this.#stride *= 2;
    this.#handlesLeft = this.#stride;
  }
}
