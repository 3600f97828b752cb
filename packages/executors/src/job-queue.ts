import type { Job } from "./job.ts";

/**
 * The jobs that no worker has, first come first served.
 *
 * A ring, because the array that shifts is slow once it is long. A job that was cancelled stays until its turn comes, as an
 * empty shell.
 */
export class JobQueue {
  #ring: (Job | undefined)[] = new Array(16);
  #head = 0;
  #length = 0;

  /** All of them, those included that were cancelled. */
  toArray(): Job[] {
    return Array.from(
      { length: this.#length },
      (_, i) => this.#ring[(this.#head + i) & (this.#ring.length - 1)] as Job,
    );
  }

  push(job: Job): void {
    job.isQueued = true;
    if (this.#length === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#length) & (this.#ring.length - 1)] = job;
    this.#length++;
  }

  /** Put back a job that has waited before. */
  unshift(job: Job): void {
    job.isQueued = true;
    if (this.#length === this.#ring.length) this.#grow();
    this.#head = (this.#head - 1) & (this.#ring.length - 1);
    this.#ring[this.#head] = job;
    this.#length++;
  }

  /** The next job that was not cancelled; stays in its place. */
  peek(): Job | undefined {
    for (;;) {
      const job = this.#ring[this.#head];
      if (job === undefined || !job.isOver) return job;
      this.shift();
    }
  }

  shift(): Job | undefined {
    const job = this.#ring[this.#head];
    if (job === undefined) return undefined;
    job.isQueued = false;
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#length--;
    return job;
  }

  /** Take all. */
  clear(): Job[] {
    const all: Job[] = [];
    for (let job = this.shift(); job !== undefined; job = this.shift()) all.push(job);
    this.#ring = new Array(16);
    this.#head = 0;
    return all;
  }

  #grow(): void {
    const old = this.#ring;
    this.#ring = new Array(old.length * 2);
    for (let i = 0; i < this.#length; i++) this.#ring[i] = old[(this.#head + i) & (old.length - 1)];
    this.#head = 0;
  }
}
