import { showFigure } from "../figure.ts";
import { showNumber, table } from "../table.ts";
import type { HostFigures, Hosts } from "./contest.ts";

/** How late I/O may be while 1,000 tasks spin, once in a hundred times; in milliseconds. */
const lateBelow = 3;

/** How a host does, against what the design asks of it. */
interface HostVerdict {
  /** How much later I/O is than with an idle loop, both at their worst in a hundred times. */
  readonly ratio: number;
  readonly met: boolean;
}

export function judgeHost({ idle, busy }: HostFigures): HostVerdict {
  return { ratio: busy.p99.value / idle.p99.value, met: busy.p99.value < lateBelow };
}

/** A line for each host, with what 1,000 tasks that spin do to I/O. */
export function hostsTable(hosts: Hosts): string {
  const head = [
    "host",
    "a turn, ns",
    "a native step, ns",
    "I/O late, idle loop: p50, ms",
    "p99, ms",
    "I/O late, 1,000 tasks spin: p50, ms",
    "p99, ms",
  ];
  return table(
    head,
    Object.entries(hosts).map(([name, figures]) => [name, ...(figures === null ? skipped : cellsOf(figures))]),
  );
}

const skipped = ["skipped", "–", "–", "–", "–", "–"];

function cellsOf(figures: HostFigures): string[] {
  const { turn, drain, idle, busy } = figures;
  return [
    showFigure(turn),
    drain === null ? "–" : showFigure(drain),
    showFigure(idle.median),
    showFigure(idle.p99),
    showFigure(busy.median),
    showVerdict(figures),
  ];
}

/** As `1.2 = 7.5 × idle (below 3: met)`. */
function showVerdict(figures: HostFigures): string {
  const { ratio, met } = judgeHost(figures);
  return `${showFigure(figures.busy.p99)} = ${showNumber(ratio)} × idle (below ${lateBelow}: ${met ? "met" : "NOT met"})`;
}
