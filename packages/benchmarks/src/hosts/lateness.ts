/** How late something came, in milliseconds: in the middle, and once in a hundred times. */
export interface Lateness {
  readonly median: number;
  readonly p99: number;
}

export function latenessOf(milliseconds: readonly number[]): Lateness {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.floor(sorted.length * part)] ?? Number.NaN;
  return { median: at(0.5), p99: at(0.99) };
}
