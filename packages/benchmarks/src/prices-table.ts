import { type ContestantName, libraries, type Prices } from "./contest.ts";
import { showFigure } from "./figure.ts";
import { type RowName, rows } from "./rows.ts";
import { showNumber, table } from "./table.ts";
import { type Engine, judge } from "./verdict.ts";

/** The prices of all rows in nanoseconds an operation, and what our engines may cost. */
export function pricesTable(measured: ReadonlyMap<RowName, Prices>): string {
  const head = ["ns an operation", "promises", "libraries", "Effect", "CPython", "uvloop", "generator", "native"];
  const body = [...measured].map(([row, prices]) => [
    rows[row].title,
    showPrice(prices, "promises"),
    showLibraries(prices),
    ...(["effect", "asyncio", "uvloop"] as const).map((name) => showPrice(prices, name)),
    showVerdict(row, "generator", prices),
    showVerdict(row, "native", prices),
  ]);
  return table(head, body);
}

function showPrice(prices: Prices, name: ContestantName): string {
  const price = prices[name];
  return price === undefined ? "–" : showFigure({ value: price.nanoseconds, spread: price.spread });
}

function showLibraries(prices: Prices): string {
  const known = libraries.filter((name) => prices[name] !== undefined);
  return known.length === 0 ? "–" : known.map((name) => `${name} ${showPrice(prices, name)}`).join(", ");
}

/** As `55 = 1.1 × floor (at most 1.2: met)`. */
function showVerdict(row: RowName, engine: Engine, prices: Prices): string {
  const verdict = judge(row, engine, prices);
  if (verdict === null) return showPrice(prices, engine);
  const ratio = `${showPrice(prices, engine)} = ${showNumber(verdict.ratio)} × ${verdict.of === "promises" ? "floor" : "Effect"}`;
  if (verdict.limit === null) return ratio;
  return `${ratio} (at most ${verdict.limit}: ${verdict.met ? "met" : "NOT met"})`;
}
