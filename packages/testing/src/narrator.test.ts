import { Future, sleep } from "@asyncio-ts/tasks";
import { describe, expect, test } from "vitest";
import { runTest } from "./index.ts";
import { Narrator } from "./narrator.ts";
import type { Deviation } from "./schedule-queue.ts";

class Step {
  readonly #name: string;
  constructor(name: string) {
    this.#name = name;
  }
  run(): void {}
  toString(): string {
    return `<${this.#name}>`;
  }
}

class Nameless {
  run(): void {}
}

function deviationOf(held: Deviation["held"]): Deviation {
  return { key: 1, hold: 1, held };
}

describe("Narrator", () => {
  test("tells who was late behind whom, each name once where it is repeated", () => {
    const narrator = new Narrator();
    const late = deviationOf(new Step("late"));
    narrator.begins(late);
    for (const name of ["a", "a", "a", "b", "a"]) narrator.isPassed(late, new Step(name));
    expect(narrator.tell()).toEqual(["at 0 s, <late> runs only after\n  <a>, 3 times\n  <b>\n  <a>"]);
  });

  test("tells no more than five of those that went first, and nothing of what nobody has passed", () => {
    const narrator = new Narrator();
    const [late, punctual] = [deviationOf(new Nameless()), deviationOf(new Step("punctual"))];
    narrator.begins(late);
    narrator.begins(punctual);
    for (const name of "abcdef") narrator.isPassed(late, new Step(name));
    const told = ["a", "b", "c", "d", "e"].map((name) => `\n  <${name}>`).join("");
    expect(narrator.tell()).toEqual([`at 0 s, <Nameless> runs only after${told}\n  and others`]);
  });

  test("tells the time of the loop, and where the task waits that is late", async () => {
    const narrator = new Narrator();
    await runTest(async (loop) => {
      narrator.watch(loop);
      const waiting = new Future<void>();
      const task = loop.createTask(
        async function wait() {
          await waiting;
        },
        { name: "waiting" },
      );
      await sleep(5);
      const late = deviationOf(task);
      narrator.begins(late);
      narrator.isPassed(late, new Step("a"));
      waiting.setResult();
    });
    expect(narrator.tell()).toHaveLength(1);
    expect(narrator.tell()[0]).toMatch(
      /^at 5 s, <Task pending name='waiting'.*> runs only after\n {2}<a>\nit waits at\n.*wait .*narrator\.test/,
    );
  });
});
