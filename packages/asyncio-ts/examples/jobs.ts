/** Jobs of the programs: what they have run in threads and in processes. */

import { readFileSync } from "node:fs";
import { jobContext } from "asyncio-ts";

/** Waits for the disk, and its thread waits with it. */
export function readName(file: string): string {
  const { name } = JSON.parse(readFileSync(new URL(file), "utf8")) as { name: string };
  return name;
}

/** Computes, and says how far it is. Stops when it is asked to. */
export function countPrimes(below: number): number {
  const job = jobContext();
  let count = 0;
  for (let n = 2; n < below; n++) {
    if (n % 10_000 === 0) {
      job.throwIfCancelled();
      job.report(n);
    }
    if (isPrime(n)) count++;
  }
  return count;
}

function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false;
  return true;
}
