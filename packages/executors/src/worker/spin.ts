import { postedWord } from "../protocol.ts";
import { now } from "./clock.ts";

/** So many looks take 30 to 50 µs: to wake a thread that sleeps takes as long. */
const looks = 6000;

/** So many waits are compared with as many of the other way. */
const sampleSize = 32;

/** A wait is not counted as longer than this, in milliseconds: then it was not us who were slow. */
const longestWait = 2;

/** Spinning must be so much faster than sleeping, since it takes a processor. */
const margin = 0.8;

/** The way that has lost is tried again after so many samples; each time it loses again, after twice as many. */
const shortestTerm = 4;
const longestTerm = 1024;

type Way = "spin" | "sleep";

/**
 * Waits for the next batch in the way that has turned out to be faster: looking for it, or sleeping until it comes.
 *
 * To be woken costs fifty times as much as a tiny job. Whoever awaits one job after another posts the next within
 * microseconds, so where a processor is free it pays to look for it. Where none is, whoever looks keeps the one that would
 * post from doing so. Which of them it is cannot be known, but it can be measured: how long it takes from the last result
 * to the next batch.
 */
export class Spin {
  readonly #words: Int32Array;
  readonly #now: () => number;
  #way: Way = "spin";
  #isTrial = false;
  /** The mean wait of each way when it was tried last, in milliseconds. */
  readonly #means: Record<Way, number> = { spin: 0, sleep: Number.POSITIVE_INFINITY };
  #sum = 0;
  #count = 0;
  #samplesLeft = 1;
  #term = shortestTerm;
  /** When the wait began; `null` while none is measured. */
  #since: number | null = null;

  constructor(words: Int32Array, clock: () => number = now) {
    this.#words = words;
    this.#now = clock;
  }

  /** There is nothing to do. @param received - How many messages have come. Answers whether another one was posted. */
  hasMore(received: number): boolean {
    this.#since = this.#now();
    if (this.#way === "sleep") return false;
    for (let left = looks; left > 0; left--) {
      if (Atomics.load(this.#words, postedWord) !== received) return true;
    }
    return false;
  }

  /** A message has come. */
  noteArrival(): void {
    if (this.#since === null) return;
    this.#sum += Math.min(this.#now() - this.#since, longestWait);
    this.#since = null;
    this.#count++;
    if (this.#count === sampleSize) this.#judge();
  }

  #judge(): void {
    this.#means[this.#way] = this.#sum / this.#count;
    this.#sum = 0;
    this.#count = 0;
    this.#samplesLeft--;
    if (this.#isTrial) this.#endTrial();
    else if (this.#samplesLeft <= 0 || this.#best() !== this.#way) this.#beginTrial();
  }

  #best(): Way {
    const { spin, sleep } = this.#means;
    return spin < sleep * margin ? "spin" : "sleep";
  }

  #beginTrial(): void {
    this.#isTrial = true;
    this.#way = this.#way === "spin" ? "sleep" : "spin";
  }

  /** The better of both goes on, for a while that is the longer the more often that was confirmed. */
  #endTrial(): void {
    this.#isTrial = false;
    const best = this.#best();
    this.#term = best === this.#way ? shortestTerm : Math.min(this.#term * 2, longestTerm);
    this.#way = best;
    this.#samplesLeft = this.#term;
  }
}
