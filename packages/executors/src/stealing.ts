import type { Job } from "./job.ts";
import type { PoolWorker } from "./pool-worker.ts";

/**
 * Gives the jobs that wait behind a long one to workers that have nothing to do.
 *
 * A worker is sent several jobs at a time, because that is fast as long as they are short. Where one turns out to be long,
 * those behind it are taken back: at once when that is known, else by a timer that runs only while some worker is idle and
 * another one has several.
 */
export class Stealing {
  readonly #workers: readonly PoolWorker[];
  readonly #putBack: (jobs: Job[]) => void;
  #timer: NodeJS.Timeout | null = null;

  constructor(workers: readonly PoolWorker[], putBack: (jobs: Job[]) => void) {
    this.#workers = workers;
    this.#putBack = putBack;
  }

  look(): void {
    const victim = this.#victim();
    if (victim === null) return;
    if (!victim.isStuck(performance.now())) return this.#lookAgain();
    // All of them: whoever is free first gets them from the queue, be it the victim.
    const jobs = victim.takeBack(Number.POSITIVE_INFINITY);
    if (jobs.length > 0) this.#putBack(jobs);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** The worker that has the most, if another one has nothing. */
  #victim(): PoolWorker | null {
    let victim: PoolWorker | null = null;
    let isIdle = false;
    for (const worker of this.#workers) {
      if (worker.outstanding === 0) isIdle ||= worker.isReady;
      else if (worker.isShared && worker.outstanding > (victim?.outstanding ?? 1)) victim = worker;
    }
    return isIdle ? victim : null;
  }

  #lookAgain(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.look();
    }, 1);
  }
}
