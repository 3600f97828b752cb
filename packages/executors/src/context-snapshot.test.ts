import { Context, ContextVar, currentContext } from "@asyncio-ts/contextvars";
import type { Scheduler } from "@asyncio-ts/core";
import { afterEach, describe, expect, test, vi } from "vitest";
import { carried, runInSnapshot, takeContext } from "./context-snapshot.ts";
import { ThreadPoolExecutor } from "./thread-pool-executor.ts";
import { workerModule } from "./worker-module.ts";

const loopThat = (isDebugging: boolean): Scheduler => ({ getDebug: () => isDebugging }) as Scheduler;
const quiet = loopThat(false);

const carrying = workerModule<typeof import("../test/fixtures/carrying.js")>(
  new URL("../test/fixtures/carrying.js", import.meta.url),
);

describe("carried()", () => {
  test("returns the variable", () => {
    const variable = new ContextVar("tests.returned");
    expect(carried(variable)).toBe(variable);
  });

  test("refuses what is no variable", () => {
    expect(() => carried({ name: "user" } as never)).toThrow(TypeError);
  });
});

describe("takeContext()", () => {
  afterEach(() => vi.restoreAllMocks());

  test("takes the values of carried variables", () => {
    const [taken, left, unset] = ["tests.taken", "tests.left", "tests.unset"].map(
      (name) => new ContextVar<unknown>(name),
    );
    carried(taken as ContextVar<unknown>);
    carried(unset as ContextVar<unknown>);
    new Context().run(() => {
      taken?.set({ id: 7 });
      left?.set(1);
      expect(takeContext("test", quiet)).toEqual([["tests.taken", { id: 7 }]]);
    });
  });

  test("leaves values that cannot be cloned", () => {
    const variable = carried(new ContextVar<unknown>("tests.function"));
    new Context().run(() => {
      variable.set(() => 1);
      expect(takeContext("test", quiet)).toEqual([]);
      variable.set(Symbol("s"));
      expect(takeContext("test", quiet)).toEqual([]);
    });
  });

  test("names what it leaves behind once, in debug mode", () => {
    const emitted: unknown[] = [];
    vi.spyOn(process, "emitWarning").mockImplementation((...warning: unknown[]) => void emitted.push(warning));
    new Context().run(() => {
      new ContextVar("tests.a").set(1);
      carried(new ContextVar("tests.b")).set(() => 1);
      carried(new ContextVar("tests.c")).set(1);
      takeContext("toThread", quiet);
      expect(emitted).toEqual([]);
      takeContext("toThread", loopThat(true));
      takeContext("toThread", loopThat(true));
    });

    expect(emitted).toEqual([
      [expect.stringMatching(/^toThread\(\) .* behind: tests\.a, tests\.b;/), "RuntimeWarning"],
    ]);
  });
});

describe("runInSnapshot()", () => {
  test("gives the values to all variables of the name, in a context of their own", () => {
    const [first, second] = [1, 2].map(() => carried(new ContextVar<number>("tests.twice", { default: 0 })));
    const before = currentContext();
    const seen = runInSnapshot([["tests.twice", 7]], () => [first?.get(), second?.get(), currentContext() === before]);

    expect(seen).toEqual([7, 7, false]);
    expect(first?.get()).toBe(0);
  });

  test("passes over variables that nobody has here", () => {
    expect(runInSnapshot([["tests.nobody", 7]], () => "ran")).toBe("ran");
  });

  test("carries values into a job, over its awaits, and not into the next", async () => {
    await using pool = new ThreadPoolExecutor({ maxWorkers: 1, execArgv: [] });
    const run = (snapshot: ReturnType<typeof takeContext>) => pool.submitInContext(carrying.whoAmI, [], snapshot);
    const snapshot = [["tests.user", "ann"]] as const;

    expect(await run(snapshot)).toEqual(["ann", "ann"]);
    expect(await pool.submit(carrying.whoAmI)).toEqual(["nobody", "nobody"]);
  });
});
