import type { Figures } from "./contest.ts";
import { type ExecutorRow, libraryPools, type PoolTarget } from "./rows.ts";

/** How our pool does in a row, against what the design asks of it. */
export interface PoolVerdict {
  /** So many times as good as the other; `null` if the target is a figure. */
  readonly ratio: number | null;
  readonly target: PoolTarget;
  readonly met: boolean;
}

/** The verdict, or `null` if the row asks nothing, or not all that it takes was measured. */
export function judgePool({ target, unit }: ExecutorRow, figures: Figures): PoolVerdict | null {
  const own = figures["asyncio-ts"]?.value;
  if (target === null || own === undefined) return null;
  if ("atMost" in target) return { ratio: null, target, met: own <= target.atMost };
  const names = target.of === "best" ? libraryPools : [target.of];
  const others = names.flatMap((name) => figures[name]?.value ?? []);
  if (others.length === 0) return null;
  const ratio = unit === "jobs/s" ? own / Math.max(...others) : Math.min(...others) / own;
  return { ratio, target, met: ratio >= target.times };
}
