/** `pnpm chaos [KILLS] [SEED]`: both pools lose workers at random under load; nothing may get lost with them. */

import { type ChaosResult, wreakChaos } from "./chaos.ts";

const [kills = 10_000, seed = 1] = process.argv.slice(2).map(Number);

function describe({ jobs, kills, succeeded, died, aborted, ...wrong }: ChaosResult): string {
  const { unsettled, misdelivered, runWrongly, unexpected } = wrong;
  return (
    `${kills} kills, ${jobs} jobs: ${succeeded} succeeded, ${died} died with their worker, ${aborted} aborted; ` +
    `${unsettled} unsettled, ${misdelivered} misdelivered, ${runWrongly} run wrongly, ${unexpected.length} unexpected`
  );
}

async function main(): Promise<void> {
  for (const kind of ["thread", "process"] as const) {
    const result = await wreakChaos({
      kind,
      kills: Math.ceil(kills / 2),
      seed,
      onProgress: (soFar) => process.stderr.write(`\r${kind} pool: ${soFar.kills} kills`),
    });
    process.stderr.write("\r");
    console.log(`${kind} pool: ${describe(result)}`);
    for (const each of result.unexpected) console.log(`  ${each}`);
    const { unsettled, misdelivered, runWrongly, unexpected } = result;
    if (unsettled + misdelivered + runWrongly + unexpected.length > 0) process.exitCode = 1;
  }
}

void main();
