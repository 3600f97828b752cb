/** One that has some jobs. */
interface Worker {
  readonly outstanding: number;
}

/**
 * How many jobs each of some workers has at most, once `more` are shared out among them.
 *
 * Those that have more already get none, nor are theirs counted: they cannot be given to the others.
 */
export function fairShare(more: number, workers: readonly Worker[]): number {
  let total = more;
  let count = 0;
  for (const { outstanding } of workers.toSorted((a, b) => a.outstanding - b.outstanding)) {
    if (count > 0 && outstanding * count >= total) break;
    total += outstanding;
    count++;
  }
  return Math.ceil(total / count);
}
