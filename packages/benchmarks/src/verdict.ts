import type { Prices } from "./contest.ts";
import { type RowName, rows } from "./rows.ts";

export type Engine = "generator" | "native";

/** How one of our engines does in a row, against what the design asks of it. */
export interface Verdict {
  readonly engine: Engine;
  /** The multiple of what the limit is measured in; of the floor if the row sets no limit. */
  readonly ratio: number;
  readonly of: "promises" | "effect";
  /** At most this often; `null` if the row asks nothing of this engine. */
  readonly limit: number | null;
  readonly met: boolean | null;
}

/** The verdict on `engine`, or `null` if it was not measured, or what it is compared with was not. */
export function judge(row: RowName, engine: Engine, prices: Prices): Verdict | null {
  const limit = rows[row].targets[engine];
  const of = limit?.of ?? "promises";
  const own = prices[engine];
  const other = prices[of];
  if (own === undefined || other === undefined) return null;
  const ratio = own.nanoseconds / other.nanoseconds;
  if (limit === undefined) return { engine, ratio, of, limit: null, met: null };
  return { engine, ratio, of, limit: limit.times, met: ratio <= limit.times };
}
