/** `pnpm chaos [KILLS] [SEED]`: both pools lose workers at random under load; nothing may get lost with them. */

import { wreakChaos } from "./chaos.ts";
import type { ChaosResult } from "./chaos-tally.ts";

const [kills = 10_000, seed = 1] = process.argv.slice(2).map(Number);

function describe({ jobs, kills, succeeded, died, aborted, refused, ...wrong }: ChaosResult): string {
  const { unsettled, misdelivered, runWrongly, unexpected } = wrong;
  return (
    `${kills} kills, ${jobs} jobs: ${succeeded} succeeded, ${died} died with their worker, ${aborted} cancelled or left, ${refused} refused; ` +
    `${unsettled} unsettled, ${misdelivered} misdelivered, ${runWrongly} run wrongly, ${unexpected.length} unexpected`
  );
}

async function main(): Promise<void> {
  for (const kind of ["thread", "process"] as const) {
    const result = await wreakChaos({
      kind,
      kills: Math.ceil(kills / 2),
      seed,
      onProgress: (soFar) => process.stderr.write(`\r${kind} pool: ${soFar} kills`),
    });
    process.stderr.write("\r");
    console.log(`${kind} pool: ${describe(result)}`);
    for (const each of result.unexpected) console.log(`  ${each}`);
    const { unsettled, misdelivered, runWrongly, unexpected } = result;
    if (unsettled > 0) process.exit(1); // its pool would keep us up
    if (misdelivered + runWrongly + unexpected.length > 0) process.exitCode = 1;
  }
}

void main();
