import type { Schedule } from "./schedule.ts";

/** A schedule is not tried out more often than this: what is found until then is short enough. */
const trialsAtMost = 1_000;

/**
 * Make a schedule shorter that fails, until no hold of it can be left out or shortened.
 *
 * First whole parts of it are left out, then smaller ones, down to single holds, until none can be spared: delta
 * debugging. Then each that is left is shortened, by halves.
 *
 * @param fails - Tries a schedule out.
 * @param isOver - Whether what is found by now has to do.
 *
 * @see {@link https://www.debuggingbook.org/html/DeltaDebugger.html}
 */
export async function shrink(
  schedule: Schedule,
  fails: (schedule: Schedule) => Promise<boolean>,
  isOver: () => boolean = () => false,
): Promise<Schedule> {
  const search = new Search(schedule, fails, isOver);
  await search.leaveOutParts();
  await search.shortenHolds();
  return search.best;
}

class Search {
  best: Schedule;
  readonly #fails: (schedule: Schedule) => Promise<boolean>;
  readonly #mustEnd: () => boolean;
  #trials = 0;

  constructor(schedule: Schedule, fails: (schedule: Schedule) => Promise<boolean>, mustEnd: () => boolean) {
    this.best = schedule;
    this.#fails = fails;
    this.#mustEnd = mustEnd;
  }

  async leaveOutParts(): Promise<void> {
    for (let size = Math.ceil(this.best.size / 2); size >= 1; size = Math.floor(size / 2)) {
      while (await this.#leaveOutParts(size));
    }
  }

  async shortenHolds(): Promise<void> {
    for (const key of this.best.keys()) await this.#shorten(key);
  }

  /** Leave out each part of `size` holds that can be spared; whether there was one. */
  async #leaveOutParts(size: number): Promise<boolean> {
    let hasShrunk = false;
    let start = 0;
    while (start < this.best.size && !this.#isOver()) {
      const holds = [...this.best];
      if (await this.#take(new Map([...holds.slice(0, start), ...holds.slice(start + size)]))) hasShrunk = true;
      else start += size;
    }
    return hasShrunk;
  }

  /** The shortest hold for `key`: everything below `least` was too short. */
  async #shorten(key: number): Promise<void> {
    let least = 1;
    let hold = this.best.get(key) as number;
    while (least < hold && !this.#isOver()) {
      const middle = Math.floor((least + hold) / 2);
      if (await this.#take(new Map(this.best).set(key, middle))) hold = middle;
      else least = middle + 1;
    }
  }

  async #take(candidate: Schedule): Promise<boolean> {
    this.#trials++;
    if (!(await this.#fails(candidate))) return false;
    this.best = candidate;
    return true;
  }

  #isOver(): boolean {
    return this.#trials >= trialsAtMost || this.#mustEnd();
  }
}
