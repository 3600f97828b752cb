import { answerOf, type Child, nodeChild, pythonChild } from "./child.ts";
import type { Python } from "./pythons.ts";
import { showNumber, table } from "./table.ts";

/** The bytes of one parked task, of each kind. */
export type Memory = Readonly<Record<string, number>>;

const kinds = ["promises", "generator-future", "generator-sleep", "native-future", "native-sleep"];

export async function measureMemory(pythons: readonly Python[]): Promise<Memory> {
  const children: [string, Child][] = kinds.map((kind) => [kind, nodeChild("parked", kind)]);
  const [python] = pythons;
  if (python !== undefined) {
    for (const kind of ["future", "sleep"]) {
      children.push([`asyncio-${kind}`, pythonChild(python.command, "parked", kind)]);
    }
  }
  const bytes: Record<string, number> = {};
  for (const [kind, child] of children) bytes[kind] = await answerOf<number>(child);
  return bytes;
}

/** What each kind of task costs where it waits on a future and where it sleeps. */
export function memoryTable(memory: Memory): string {
  const line = (title: string, kind: string): string[] => {
    const show = (bytes: number | undefined): string => (bytes === undefined ? "–" : showNumber(bytes));
    return [title, show(memory[`${kind}-future`]), show(memory[`${kind}-sleep`])];
  };
  return table(
    ["bytes a parked task", "on a future", "in sleep"],
    [
      line("generator engine", "generator"),
      line("native engine", "native"),
      line("CPython", "asyncio"),
      ["async function on a promise, no tasks", showNumber(memory.promises as number), "–"],
    ],
  );
}
