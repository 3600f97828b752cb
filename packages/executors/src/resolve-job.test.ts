import { describe, expect, test } from "vitest";
import { explainClosure } from "./compile-inline.ts";
import { toRecord } from "./error-record.ts";
import { ClosureError, JobLoadError } from "./errors.ts";
import { inline } from "./inline.ts";
import { type AnyFunction, type JobName, nameOfJob } from "./job-name.ts";
import { resolveJob } from "./resolve-job.ts";

function fixture(file: string): string {
  return new URL(`../test/fixtures/${file}`, import.meta.url).href;
}

function find(module: string, name: string): Promise<AnyFunction> {
  return Promise.resolve(resolveJob({ kind: "export", module: fixture(module), name }));
}

async function failure(module: string, name: string): Promise<Error> {
  return await find(module, name).then(
    () => expect.unreachable(),
    (error: Error) => error,
  );
}

describe("resolveJob() of an export", () => {
  test("finds it, the second time at once", async () => {
    const identity = await find("naming.js", "identity");

    expect(identity(7)).toBe(7);
    expect(resolveJob({ kind: "export", module: fixture("naming.js"), name: "identity" })).toBe(identity);
  });

  test("finds the default export", async () => {
    expect((await find("naming.js", "default"))()).toBe("the default export");
  });

  test("finds the exports of CommonJS, also those that Node does not see", async () => {
    expect((await find("common.cjs", "early"))()).toBe("early");
    expect((await find("common.cjs", "late"))()).toBe("late");
  });

  test("looks for the twin of a file that is missing, which has the other extension", async () => {
    expect(await find("naming.ts", "identity")).toBe(await find("naming.js", "identity"));
    expect(await failure("naming.mjs", "identity")).toBeInstanceOf(JobLoadError);
  });

  test("tells that there is no such module, with the error of the loader as the cause", async () => {
    const error = await failure("nowhere.js", "run");

    expect(error).toBeInstanceOf(JobLoadError);
    expect(error.message).toMatch(/Cannot load file:.*nowhere\.js to run run\(\)/);
    expect(error.cause).toBeInstanceOf(Error);
  });

  test("tells that the module fails, with its error as the cause", async () => {
    const error = await failure("broken.js", "never");

    expect(error).toBeInstanceOf(JobLoadError);
    expect(error.message).toMatch("RangeError: no configuration");
    expect(error.cause).toBeInstanceOf(RangeError);
  });

  test("tells which exports there are instead of the one that is not", async () => {
    const error = await failure("naming.js", "identify");

    expect(error).toBeInstanceOf(JobLoadError);
    expect(error.message).toMatch(/exports no identify; it exports .*identity/);
  });

  test("takes no property that every object has for an export of CommonJS", async () => {
    expect(await failure("common.cjs", "toString")).toBeInstanceOf(JobLoadError);
  });

  test("tells that an export is no function", async () => {
    expect((await failure("naming.js", "version")).message).toMatch(/The export version of .* is no function: string/);
  });
});

describe("resolveJob() of source text", () => {
  async function compiled(fn: AnyFunction): Promise<AnyFunction> {
    return await resolveJob(nameOfJob(inline(fn)) as JobName);
  }

  test.each<[string, AnyFunction, unknown]>([
    ["an arrow function", (n: number) => n + 1, 8],
    [
      "a function",
      function next(n: number) {
        return n + 1;
      },
      8,
    ],
    [
      "a method",
      {
        next(n: number) {
          return n + 1;
        },
      }.next,
      8,
    ],
    [
      "an async method with a computed name",
      {
        async "a b"(n: number) {
          return await Promise.resolve(n + 1);
        },
      }["a b"],
      8,
    ],
    ["an async arrow function", async (n: number) => (await import("node:path")).join("a", String(n)), "a/7"],
  ])("makes a function of %s", async (_what, fn, result) => {
    const copy = await compiled(fn);

    expect(copy).not.toBe(fn);
    expect(await copy(7)).toBe(result);
  });

  test("makes one function of the same text", async () => {
    const make = () => (n: number) => n + 2;
    expect(await compiled(make())).toBe(await compiled(make()));
  });

  test("bears the helper that esbuild puts around inner functions", async () => {
    const source = '(n) => { const add = __name((k) => k + n, "add"); return add(1); }';
    const fn = await resolveJob({ kind: "source", source, id: 900 });

    expect(fn(1)).toBe(2);
  });

  const outside = 7;
  let counter = 0;

  test.each<[string, AnyFunction, string]>([
    ["reads", () => outside + 1, "outside"],
    [
      "assigns",
      () => {
        counter = 1;
        return counter;
      },
      "counter",
    ],
    ["reads after an await", async () => (await Promise.resolve(1)) + outside, "outside"],
  ])("one that %s a captured variable fails with an error that names it", async (_what, fn, variable) => {
    const copy = await compiled(fn);
    const error = await Promise.resolve()
      .then(() => copy())
      .then(() => expect.unreachable(), explainClosure);

    expect(error).toBeInstanceOf(ClosureError);
    expect(error).toBeInstanceOf(ReferenceError);
    expect(error).toMatchObject({ variable, message: expect.stringContaining(`uses ${variable}`) });
    expect(toRecord((error as Error).cause)).toMatchObject({ className: "asyncio-ts.ClosureError" });
  });

  test("an error of the same kind from elsewhere stays what it is", () => {
    const error = new ReferenceError("x is not defined");

    expect(explainClosure(error)).toBe(error);
    expect(explainClosure(7)).toBe(7);
  });
});
