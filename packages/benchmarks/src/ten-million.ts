import { answerOf, nodeChild } from "./child.ts";
import { showNumber, table } from "./table.ts";

interface Passage {
  readonly before: number;
  readonly after: number;
  readonly seconds: number;
}

/** The heap before and after ten million tasks, of each engine. */
export type TenMillion = Readonly<Record<"generator" | "native", Passage>>;

export async function runTenMillion(): Promise<TenMillion> {
  return {
    generator: await answerOf<Passage>(nodeChild("ten-million", "generator")),
    native: await answerOf<Passage>(nodeChild("ten-million", "native")),
  };
}

export function tenMillionTable(passages: TenMillion): string {
  const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(2);
  const body = Object.entries(passages).map(([engine, { before, after, seconds }]) => [
    `${engine} engine`,
    mebibytes(before),
    mebibytes(after),
    showNumber(seconds),
  ]);
  return table(["10,000,000 tasks through one loop", "heap before, MiB", "heap after, MiB", "seconds"], body);
}
