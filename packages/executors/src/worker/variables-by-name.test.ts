import { ContextVar } from "@asyncio-ts/contextvars";
import { describe, expect, test } from "vitest";
import { VariablesByName } from "./variables-by-name.ts";

declare const gc: () => void;

/** What was looked at stays alive until the next macrotask. */
async function collectGarbage(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  gc();
}

async function addInTurns(variables: VariablesByName, nameOf: (i: number) => string): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    for (let i = 0; i < 100; i++) variables.add(new ContextVar(nameOf(turn * 100 + i)));
    await collectGarbage();
  }
}

describe("VariablesByName", () => {
  test("get() answers all variables of a name, in their order", () => {
    const variables = new VariablesByName();
    const [a, b, c] = ["a", "b", "a"].map((name) => new ContextVar<unknown>(name));
    for (const variable of [a, b, c]) variables.add(variable as ContextVar<unknown>);

    expect(variables.get("a").map((variable) => [a, b, c].indexOf(variable))).toEqual([0, 2]);
    expect(variables.get("b").map((variable) => [a, b, c].indexOf(variable))).toEqual([1]);
    expect(variables.get("toString")).toEqual([]);
  });

  test("get() passes over those that are gone", async () => {
    const variables = new VariablesByName();
    const kept = new ContextVar<unknown>("a");
    variables.add(kept);
    (() => variables.add(new ContextVar("a")))();
    await collectGarbage();

    expect(variables.get("a")).toEqual([kept]);
    expect(variables.get("a")[0]).toBe(kept);
  });

  test.each([
    { names: "one name", nameOf: () => "a" },
    { names: "names of their own", nameOf: (i: number) => `a${i}` },
  ])("holds on to none of thousands that were dropped, with $names", async ({ nameOf }) => {
    const variables = new VariablesByName();
    await addInTurns(variables, nameOf);

    expect(variables.size).toBeLessThan(400);
  });

  test("keeps all that are in use, however many", () => {
    const variables = new VariablesByName();
    const all = Array.from({ length: 1_000 }, (_, i) => new ContextVar<unknown>(`a${i % 600}`));
    for (const variable of all) variables.add(variable);

    expect(variables.size).toBe(1_000);
    expect(["a3", "a500"].map((name) => variables.get(name).length)).toEqual([2, 1]);
  });
});
