import { showFigure } from "../figure.ts";
import { showNumber, table } from "../table.ts";
import type { Figures } from "./contest.ts";
import type { PoolKind } from "./pool.ts";
import { type ExecutorRow, executorRow, libraryPools, type PeerName } from "./rows.ts";
import { judgePool } from "./verdict.ts";

/** What pools have reached, threads and processes apart, and what ours is asked for. */
export function figuresTables(measured: ReadonlyMap<string, Figures>): string {
  const tables = (["threads", "processes"] as const).map((kind) => tableOf(kind, measured));
  return tables.filter((each) => each !== null).join("\n\n");
}

function tableOf(kind: PoolKind, measured: ReadonlyMap<string, Figures>): string | null {
  const rows = [...measured].filter(([name]) => executorRow(name).kind === kind);
  if (rows.length === 0) return null;
  const others = (["raw", ...libraryPools, "cpython"] as const).filter((peer) =>
    rows.some(([, figures]) => figures[peer] !== undefined),
  );
  const head = [kind, "", "asyncio-ts", "target", ...others.map(titleOf)];
  return table(
    head,
    rows.map(([name, figures]) => {
      const row = executorRow(name);
      return [
        row.title,
        row.unit,
        showFigureOf(figures, "asyncio-ts"),
        showVerdict(row, figures),
        ...others.map((peer) => showFigureOf(figures, peer)),
      ];
    }),
  );
}

function titleOf(peer: PeerName): string {
  if (peer === "raw") return "by hand";
  if (peer === "cpython") return "CPython";
  return peer.replace("-tuned", ", tuned");
}

function showFigureOf(figures: Figures, peer: PeerName): string {
  const figure = figures[peer];
  return figure === undefined ? "–" : showFigure(figure);
}

/** As `12.3 × piscina (10: met)`. */
function showVerdict(row: ExecutorRow, figures: Figures): string {
  const verdict = judgePool(row, figures);
  if (verdict === null) return "–";
  const { ratio, target, met } = verdict;
  const outcome = met ? "met" : "NOT met";
  if ("atMost" in target) return `at most ${showNumber(target.atMost)}: ${outcome}`;
  return `${showNumber(ratio ?? 0)} × ${target.of} (${target.times}: ${outcome})`;
}
