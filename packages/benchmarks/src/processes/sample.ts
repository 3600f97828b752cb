/**
 * Measures one workload of one contestant, in a process of its own: `node sample.js CONTESTANT ROW SAMPLES
 * WARMUP_MS`. Prints the nanoseconds of each sample as JSON.
 */

import { isRowName, type RowName, rows, type Workloads } from "../rows.ts";

const [contestant, row = "", samples = "", warmup = ""] = process.argv.slice(2);
if (!isRowName(row)) throw new RangeError(`There is no row '${row}'`);

const { workloads } = (await import(`../contestants/${contestant}.js`)) as { workloads: Workloads };
const measured = await measure(row, workloads[row] as () => Promise<number>, Number(samples), Number(warmup));
console.log(JSON.stringify(measured));

async function measure(
  name: RowName,
  workload: () => Promise<number>,
  count: number,
  warmupMilliseconds: number,
): Promise<number[]> {
  const warmUntil = performance.now() + warmupMilliseconds;
  do await once(name, workload);
  while (performance.now() < warmUntil);
  const nanoseconds: number[] = [];
  while (nanoseconds.length < count) nanoseconds.push(await once(name, workload));
  return nanoseconds;
}

/** One run. No `gc()` before it: a forced collection throws optimised code away, and the next run pays for that. */
async function once(name: RowName, workload: () => Promise<number>): Promise<number> {
  const began = process.hrtime.bigint();
  const answer = await workload();
  const took = process.hrtime.bigint() - began;
  if (answer !== rows[name].expected) throw new Error(`${name} answered ${answer}, not ${rows[name].expected}`);
  return Number(took);
}
