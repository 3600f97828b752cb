import { postedWord } from "../protocol.ts";

/** So many looks take 30 to 50 µs: to wake a thread that sleeps takes as long. */
const looks = 6000;

/** With the greatest trust, so many vain attempts in a row end it. */
const fullTrust = 8;

/** Where it does not pay, every so many times it is tried again. */
const probeEvery = 64;

/**
 * Looks for the next batch for a short while, after the last one.
 *
 * To be woken costs fifty times as much as a tiny job. Whoever awaits one job after another posts the next within
 * microseconds, so it pays to wait for it. Where it does not, as when other threads want the processor, it is soon given up.
 */
export class Spin {
  readonly #words: Int32Array;
  #trust = fullTrust / 2;
  #untilProbe = probeEvery;

  constructor(words: Int32Array) {
    this.#words = words;
  }

  /** @param received - How many messages have been received. Answers whether another one was posted. */
  hasMore(received: number): boolean {
    if (this.#trust === 0 && !this.#probes()) return false;
    for (let left = looks; left > 0; left--) {
      if (Atomics.load(this.#words, postedWord) !== received) {
        this.#trust = Math.min(this.#trust + 2, fullTrust);
        return true;
      }
    }
    this.#trust = Math.max(this.#trust - 1, 0);
    return false;
  }

  #probes(): boolean {
    this.#untilProbe--;
    if (this.#untilProbe > 0) return false;
    this.#untilProbe = probeEvery;
    return true;
  }
}
