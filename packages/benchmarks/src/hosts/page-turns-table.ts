import { type Figure, showFigure } from "../figure.ts";
import { table } from "../table.ts";
import type { PageTurns } from "./page-turns.ts";
import type { Way } from "./ways.ts";

const titles: Readonly<Record<Way, string>> = {
  WebHost: "WebHost: for native steps user-blocking, else a message",
  message: "a message",
  "user-blocking": "postTask, user-blocking",
  "user-visible": "postTask, user-visible",
  background: "postTask, background",
};

/** A line for each way: what a native step takes, and what comes how late while 1,000 tasks spin. */
export function pageTurnsTable({ browser, ways }: PageTurns): string {
  const head = [
    `a turn of a page, ${browser}`,
    "a native step, ns",
    "generators spin, ms late: message p50",
    "message p99",
    "timer p99",
    "key p99",
    "between frames, ms: p99",
    "async functions spin: message p99",
    "beside a busy script: steps a second",
  ];
  const body = Object.entries(ways).map(([way, figures]) => [
    titles[way as Way],
    showFigure(figures.step),
    showIfAny(figures.messageMedian),
    showIfAny(figures.messageP99),
    showIfAny(figures.timer),
    showIfAny(figures.key),
    showIfAny(figures.frame),
    showIfAny(figures.nativeMessage),
    showFigure(figures.beside),
  ]);
  return table(head, body);
}

function showIfAny(figure: Figure | null): string {
  return figure === null ? "none came" : showFigure(figure);
}
