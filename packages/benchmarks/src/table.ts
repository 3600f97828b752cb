/** A table in Markdown, its columns aligned so that it reads well on a terminal too; all but the first to the right. */
export function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((line) => (line[column] ?? "").length), 3));
  const rule = widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [head, rule, ...body].map((line) => showLine(line, widths)).join("\n");
}

function showLine(line: readonly string[], widths: readonly number[]): string {
  const cells = widths.map((width, column) => {
    const cell = line[column] ?? "";
    return column === 0 ? cell.padEnd(width) : cell.padStart(width);
  });
  return `| ${cells.join(" | ")} |`;
}

const numbers = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });

/** Three digits are more than such a measurement is worth. */
export function showNumber(value: number): string {
  return numbers.format(value);
}
