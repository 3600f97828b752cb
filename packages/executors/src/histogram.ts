/** How durations are distributed. All in milliseconds. */
export interface Distribution {
  readonly count: number;
  readonly mean: number;
  readonly max: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** So many buckets double the duration: a percentile is exact within a tenth. */
const perDoubling = 8;
const bucketCount = 30 * perDoubling;

/** The shortest duration that is told from none, in milliseconds. */
const shortest = 0.0005;

/** Counts durations in buckets that grow with them, so that it costs the same however many there are. */
export class Histogram {
  readonly #buckets = new Float64Array(bucketCount);
  #count = 0;
  #sum = 0;
  #max = 0;

  /** @param times - How many durations of this length to count. */
  record(duration: number, times: number): void {
    const bucket = Math.floor(Math.log2(duration / shortest) * perDoubling);
    const index = Math.min(Math.max(bucket, 0), bucketCount - 1);
    this.#buckets[index] = (this.#buckets[index] as number) + times;
    this.#count += times;
    this.#sum += duration * times;
    if (duration > this.#max) this.#max = duration;
  }

  summary(): Distribution {
    const mean = this.#count === 0 ? 0 : this.#sum / this.#count;
    return {
      count: this.#count,
      mean,
      max: this.#max,
      p50: this.#percentile(0.5),
      p90: this.#percentile(0.9),
      p99: this.#percentile(0.99),
    };
  }

  #percentile(share: number): number {
    let left = this.#count * share;
    if (left === 0) return 0;
    for (const [index, count] of this.#buckets.entries()) {
      left -= count;
      if (left <= 0) return Math.min(shortest * 2 ** ((index + 0.5) / perDoubling), this.#max);
    }
    return this.#max;
  }
}
