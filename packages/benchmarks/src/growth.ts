import { answerOf, nodeChild } from "./child.ts";
import { showNumber, table } from "./table.ts";

const sizes = [10_000, 100_000, 1_000_000] as const;

const titles = {
  generator: "generator tasks, all alive at once",
  native: "native tasks, all alive at once",
  timers: "timers, all armed at once",
} as const;

type Kind = keyof typeof titles;

/** Nanoseconds an item, at each of `sizes`. */
export type Growth = Readonly<Record<Kind, readonly number[]>>;

export async function measureGrowth(): Promise<Growth> {
  const growth: Record<Kind, number[]> = { generator: [], native: [], timers: [] };
  for (const size of sizes) {
    for (const kind of Object.keys(titles) as Kind[]) {
      growth[kind].push(await answerOf<number>(nodeChild("growth", kind, String(size))));
    }
  }
  return growth;
}

/** Linear cost shows as the same price an item in every column; a heap adds its logarithm. */
export function growthTable(growth: Growth): string {
  const head = ["ns an item", ...sizes.map((size) => size.toLocaleString("en-US"))];
  const body = (Object.keys(titles) as Kind[]).map((kind) => [titles[kind], ...growth[kind].map(showNumber)]);
  return table(head, body);
}
