import { Context, ContextVar, copyContext, currentContext } from "@asyncio-ts/contextvars";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { noteVariables, runInSnapshot } from "./run-in-snapshot.ts";

let end: () => void;
beforeEach(() => {
  end = noteVariables();
});
afterEach(() => end());

describe("runInSnapshot()", () => {
  test("gives the values to the variables of their names, for the call", () => {
    const [a, b] = ["tests.a", "tests.b"].map((name) => new ContextVar(name, { default: 0 }));
    const seen = runInSnapshot({ names: ["tests.b", "tests.a"], values: [2, 1] }, () => [a?.get(), b?.get()]);

    expect(seen).toEqual([1, 2]);
    expect([a?.get(), b?.get()]).toEqual([0, 0]);
  });

  test("runs in a new context, with nothing of the current one", () => {
    const variable = new ContextVar<string>("tests.of-the-worker");
    new Context().run(() => {
      variable.set("left here by another job");
      runInSnapshot({ names: [], values: [] }, () => {
        expect(variable.get("nothing")).toBe("nothing");
        variable.set("inside");
      });
      expect(variable.get()).toBe("left here by another job");
    });
  });

  test("gives the value to all variables of the name", () => {
    const [first, second] = [1, 2].map(() => new ContextVar<number>("tests.twice", { default: 0 }));
    const seen = runInSnapshot({ names: ["tests.twice"], values: [7] }, () => [first?.get(), second?.get()]);

    expect(seen).toEqual([7, 7]);
  });

  test("gives the value to the variables of each copy of contextvars, in contexts of that copy", async () => {
    vi.resetModules();
    const other = await import("@asyncio-ts/contextvars");
    const ours = new ContextVar("tests.copies", { default: 0 });
    const theirs = new other.ContextVar("tests.copies", { default: 0 });
    const seen = runInSnapshot({ names: ["tests.copies"], values: [7] }, () => [ours.get(), theirs.get()]);

    expect(other.ContextVar).not.toBe(ContextVar);
    expect(seen).toEqual([7, 7]);
    expect([ours.get(), theirs.get()]).toEqual([0, 0]);
  });

  test("passes over names that nobody has here", () => {
    const run = () => [...currentContext().keys()];

    expect(runInSnapshot({ names: ["tests.nobody"], values: [7] }, run)).toEqual([]);
  });

  test("throws what the function throws, outside of the context", () => {
    const variable = new ContextVar("tests.thrown", { default: 0 });
    const error = new Error("from within");
    const before = copyContext().size;

    expect(() =>
      runInSnapshot({ names: ["tests.thrown"], values: [7] }, () => {
        throw error;
      }),
    ).toThrow(error);
    expect([variable.get(), currentContext().size]).toEqual([0, before]);
  });

  test("knows no variables that were made before noteVariables(), or after its end", () => {
    end();
    const variable = new ContextVar("tests.early", { default: 0 });
    end = noteVariables();

    expect(runInSnapshot({ names: ["tests.early"], values: [7] }, () => variable.get())).toBe(0);
  });
});
