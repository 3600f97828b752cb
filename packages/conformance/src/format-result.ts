import type { AreaResult, Difference } from "./check-area.ts";
import type { EngineName } from "./engines.ts";

const shownAtMost = 3;

/** One line of figures, then the first differing programs. */
export function formatResult(engine: EngineName, area: string, result: AreaResult): string {
  const { programs, differences, unsupported, known, leftOut } = result;
  const figures = [`${programs} programs`, `${differences.length} differ`];
  if (known > 0) figures.push(`${known} on purpose`);
  if (unsupported > 0) figures.push(`${unsupported} unsupported`);
  if (leftOut > 0) figures.push(`${leftOut} eager left out`);
  const line = `${engine} ${area}: ${figures.join(", ")}`;
  return [line, ...differences.slice(0, shownAtMost).flatMap(formatDifference)].join("\n");
}

function formatDifference({ program, line, ours, theirs }: Difference): string[] {
  return [
    `  ${program}, line ${line}`,
    `    ours:    ${ours ?? "(the trace has ended)"}`,
    `    CPython: ${theirs ?? "(the trace has ended)"}`,
  ];
}
