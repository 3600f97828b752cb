import { describe, expect, test } from "vitest";
import { wreakChaos } from "../test/chaos.ts";

// `pnpm chaos` does the same with 10,000 kills.
describe.each([
  { kind: "thread", kills: 20 },
  { kind: "process", kills: 10 },
] as const)("a $kind pool", ({ kind, kills }) => {
  test(`loses nothing, doubles nothing and confuses nothing while ${kills} workers die under load`, {
    timeout: 120_000,
  }, async () => {
    const result = await wreakChaos({ kind, kills, seed: 1 });

    expect(result).toMatchObject({ unsettled: 0, misdelivered: 0, runWrongly: 0, unexpected: [] });
    expect(result.kills).toBeGreaterThanOrEqual(kills);
    const { succeeded, died, aborted, refused } = result;
    expect(succeeded + died + aborted + refused).toBe(result.jobs);
    expect(Math.min(succeeded, died, aborted, refused)).toBeGreaterThan(0);
  });
});
