/** A worker holds so much work at a time, in milliseconds: enough that it need not wait for us, … */
const window = 1;
/** … so many jobs at most, … */
const longestLine = 256;
/** … or two; on a process, which has to wait for each message, a few that take no longer than this together, in milliseconds. */
const fewJobs = 4;
const longestSum = 10;

/** The jobs that a worker has, and how long they will take. */
export class WorkerLoad {
  /** How many jobs. */
  count = 0;
  /** How long they will take, in milliseconds, as far as is known. */
  time = 0;

  /** Whether it has done more than half of what it may hold: then it gets more, in one message rather than many. */
  get isLow(): boolean {
    return this.count <= 1 || (this.count <= longestLine / 2 && this.time <= window / 2);
  }

  /** A job is added. @returns What it weighs. */
  add(expected: number): number {
    const weight = Math.min(expected, longestSum); // infinity could not be taken off again
    this.count++;
    this.time += weight;
    return weight;
  }

  remove(weight: number): void {
    this.count--;
    this.time = this.count === 0 ? 0 : this.time - weight;
  }
}

/** Whether a job fits behind `count` others. @param sum - How long all of them will take, in milliseconds. */
export function fits(count: number, sum: number, isShared: boolean): boolean {
  const isShort = count < longestLine && sum <= window;
  return isShort || (isShared ? count < 2 : count < fewJobs && sum <= longestSum);
}
