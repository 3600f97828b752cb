import { Context, ContextVar } from "@asyncio-ts/contextvars";
import type { Scheduler } from "@asyncio-ts/core";
import { afterEach, describe, expect, test, vi } from "vitest";
import { takeContext } from "./context-snapshot.ts";
import { ThreadPoolExecutor } from "./thread-pool-executor.ts";
import { workerModule } from "./worker-module.ts";

const loopThat = (isDebugging: boolean): Scheduler => ({ getDebug: () => isDebugging }) as Scheduler;
const quiet = loopThat(false);

/** What is taken of a context in which variables of these names have these values, by name. */
function taken(values: Record<string, unknown>): Record<string, unknown> {
  return new Context().run(() => {
    for (const [name, value] of Object.entries(values)) new ContextVar<unknown>(name).set(value);
    const snapshot = takeContext("test", quiet);
    return Object.fromEntries(snapshot.names.map((name, i) => [name, snapshot.values[i]]));
  });
}

describe("takeContext()", () => {
  test("takes nothing of an empty context", () => {
    new Context().run(() => expect(takeContext("test", quiet)).toEqual({ names: [], values: [] }));
  });

  test("takes all values, in the order in which they were set", () => {
    const all = {
      text: "ann",
      nothing: null,
      missing: undefined,
      big: 7n,
      list: [1],
      map: new Map([[1, new Date(0)]]),
    };
    const snapshot = new Context().run(() => {
      for (const [name, value] of Object.entries(all)) new ContextVar<unknown>(`tests.${name}`).set(value);
      return takeContext("test", quiet);
    });

    expect(snapshot.names).toEqual(Object.keys(all).map((name) => `tests.${name}`));
    expect(snapshot.values).toEqual(Object.values(all));
  });

  test("takes copies, of what the values are now", () => {
    const user = { name: "ann" };
    const { now } = taken({ now: user });
    user.name = "bob";

    expect(now).toEqual({ name: "ann" });
  });

  test("shares what threads can share", () => {
    const { shared, id } = taken({ shared: new Int32Array(new SharedArrayBuffer(4)), id: 1 });
    expect((shared as Int32Array).buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(id).toBe(1);
  });

  test("takes instances of classes as structured clone makes them", () => {
    class User {
      name = "ann";
    }
    const { user } = taken({ user: new User() });

    expect(user).toEqual({ name: "ann" });
    expect(user).not.toBeInstanceOf(User);
  });

  test.each<[string, unknown]>([
    ["a function", () => 1],
    ["a symbol", Symbol("s")],
    ["a WeakRef", new WeakRef({})],
    ["a promise", Promise.resolve()],
    ["a stream", new ReadableStream()],
    ["a proxy", new Proxy({}, {})],
    ["an object with a function in it", { f: () => 1 }],
    [
      "an object with a getter that throws",
      {
        get broken() {
          throw new Error("no");
        },
      },
    ],
    ["an AbortSignal", new AbortController().signal],
    ["an AbortController", new AbortController()],
    ["a URL", new URL("http://localhost")],
    [
      "an instance that hides all it is",
      new (class {
        readonly #secret = 7;
        get answer(): number {
          return this.#secret;
        }
      })(),
    ],
  ])("leaves %s behind, and takes the others", (_, value) => {
    expect(taken({ before: 1, left: value, after: { id: 2 } })).toEqual({ before: 1, after: { id: 2 } });
  });

  test("takes objects without properties that never had any to hide", () => {
    const empty = { object: {}, bare: Object.create(null), list: [], map: new Map(), date: new Date(0) };
    expect(Object.keys(taken(empty))).toEqual(Object.keys(empty));
  });

  test("leaves behind the values of variables that have the same name", () => {
    new Context().run(() => {
      for (const name of ["tests.same", "tests.other", "tests.same"]) new ContextVar<number>(name).set(1);
      expect(takeContext("test", quiet)).toEqual({ names: ["tests.other"], values: [1] });
    });
  });

  test("takes the value of the one of them that has one", () => {
    new Context().run(() => {
      const [variable] = [1, 2].map(() => new ContextVar<number>("tests.one-set"));
      variable?.set(1);
      expect(takeContext("test", quiet).names).toEqual(["tests.one-set"]);
    });
  });
});

describe("takeContext() in debug mode", () => {
  afterEach(() => vi.restoreAllMocks());

  /** What is warned of while `f` runs in a new context. */
  function warningsIn(f: () => void): unknown[] {
    const emitted: unknown[] = [];
    vi.spyOn(process, "emitWarning").mockImplementation((...warning: unknown[]) => void emitted.push(warning));
    new Context().run(f);
    return emitted;
  }

  test("names what it leaves behind and why, each variable once", () => {
    const late = new ContextVar<unknown>("tests.late");
    const emitted = warningsIn(() => {
      new ContextVar<unknown>("tests.f").set(() => 1);
      new ContextVar<unknown>("tests.taken").set(1);
      new ContextVar<unknown>("tests.signal").set(new AbortController().signal);
      for (const name of ["tests.twin", "tests.twin"]) new ContextVar(name).set(1);
      takeContext("toThread", quiet);
      takeContext("toThread", loopThat(true));
      late.set(() => 1);
      takeContext("toThread", loopThat(true));
    });

    const begin = "toThread() leaves these context variables behind";
    expect(emitted).toEqual([
      [`${begin}: tests.f, tests.signal; their values cannot be cloned`, "RuntimeWarning"],
      [`${begin}: tests.twin; several variables have the same name`, "RuntimeWarning"],
      [`${begin}: tests.late; their values cannot be cloned`, "RuntimeWarning"],
    ]);
  });

  test("says nothing where all travel", () => {
    const emitted = warningsIn(() => {
      new ContextVar("tests.fine").set({ id: 7 });
      takeContext("toThread", loopThat(true));
    });

    expect(emitted).toEqual([]);
  });
});

describe("submitInContext()", () => {
  const { whoAmI, becomeRoot } = workerModule<typeof import("../test/fixtures/carrying.js")>(
    new URL("../test/fixtures/carrying.js", import.meta.url),
  );
  const ann = { names: ["tests.user"], values: ["ann"] };
  const nobody = { names: [], values: [] };
  const onePool = () => new ThreadPoolExecutor({ maxWorkers: 1, execArgv: [] });

  test("carries values into the job that loads their variables, and over its awaits", async () => {
    await using pool = onePool();

    expect(await pool.submitInContext(whoAmI, [], ann)).toEqual(["ann", "ann"]);
    expect(await pool.submit(whoAmI)).toEqual(["nobody", "nobody"]);
    expect(await pool.submitInContext(whoAmI, [], ann)).toEqual(["ann", "ann"]);
  });

  test("keeps what a job sets from the jobs after it", async () => {
    await using pool = onePool();

    expect(await pool.submitInContext(becomeRoot, [], nobody)).toBe("root");
    expect(await pool.submitInContext(whoAmI, [], nobody)).toEqual(["nobody", "nobody"]);
    expect(await pool.submit(whoAmI)).toEqual(["nobody", "nobody"]);
  });
});
