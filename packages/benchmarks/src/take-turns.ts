import { answerOf, type Child } from "./child.ts";

/** What each answers in so many rounds. They take turns, so that a machine that gets slower slows all of them. */
export async function takeTurns<T>(children: readonly Child[], rounds: number): Promise<Map<Child, T[]>> {
  const answers = new Map<Child, T[]>(children.map((child) => [child, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [child, own] of answers) own.push(await answerOf<T>(child));
  }
  return answers;
}
