/** A worker holds so much work at a time, in milliseconds: enough that it need not wait for us, … */
const window = 1;
/** … in so many jobs at most. */
const longestLine = 256;

/**
 * The first few jobs may take longer than the window: a process has to wait for each message, and gets none while it computes.
 * What a thread has not begun can be taken back from it, so it may have one more than it runs, however long.
 */
const few = { process: { count: 8, time: 10 }, thread: { count: 2, time: Number.POSITIVE_INFINITY } };

/** No job weighs more, in milliseconds: infinity could not be taken off again. It is too much for others to fit behind it. */
const heaviest = 2 * few.process.time;

/** The jobs that a worker has, and how long they will take. */
export class WorkerLoad {
  /** How many jobs. */
  count = 0;
  /** How long they will take, in milliseconds, as far as is known. */
  time = 0;
  readonly #few: { readonly count: number; readonly time: number };

  constructor(kind: "process" | "thread") {
    this.#few = few[kind];
  }

  /** Whether it has done half of what it may hold: then it gets more, in one message rather than many. */
  get isLow(): boolean {
    const { count, time } = this;
    const limit = count <= this.#few.count / 2 ? this.#few.time : window;
    return count <= 1 || (count <= longestLine / 2 && time <= limit / 2);
  }

  /** A job is added. @returns What it weighs. */
  add(expected: number): number {
    const weight = Math.min(expected, heaviest);
    this.count++;
    this.time += weight;
    return weight;
  }

  remove(weight: number): void {
    this.count--;
    this.time = this.count === 0 ? 0 : this.time - weight;
  }

  /** Whether a job fits behind `count` others. @param sum - How long all of them will take, in milliseconds. */
  fits(count: number, sum: number): boolean {
    return count < longestLine && sum <= (count < this.#few.count ? this.#few.time : window);
  }
}
