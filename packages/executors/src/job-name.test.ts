import { describe, expect, test } from "vitest";
import { inline } from "./inline.ts";
import { nameOfJob, refuseClosure } from "./job-name.ts";
import { task } from "./task.ts";
import { workerModule } from "./worker-module.ts";

describe("nameOfJob()", () => {
  test("is nothing of a closure", () => {
    expect(nameOfJob(() => 1)).toBeUndefined();
  });
});

describe("refuseClosure()", () => {
  test("says who has refused what, and what to do", () => {
    const refuse = () => refuseClosure("submit", function double() {});

    expect(refuse).toThrow(TypeError);
    expect(refuse).toThrow(/submit\(\).*closure double.*workerModule\(\).*task\(\).*inline\(\)/);
  });
});

describe("workerModule()", () => {
  const url = new URL("../test/fixtures/naming.js", import.meta.url);
  const jobs = workerModule<typeof import("../test/fixtures/naming.js")>(url);

  test("names the exports of the module", () => {
    expect(nameOfJob(jobs.identity)).toEqual({ kind: "export", module: url.href, name: "identity" });
    expect(nameOfJob(jobs.default)).toEqual({ kind: "export", module: url.href, name: "default" });
    expect(jobs.identity.name).toBe("identity");
  });

  test("gives the same function each time", () => {
    expect(jobs.identity).toBe(jobs.identity);
    expect(Object.keys(jobs)).toEqual([]);
  });

  test("loads nothing, so it cannot be called here", () => {
    const absent = workerModule<{ run(): void }>("file:///no/such/module.js");

    expect(() => absent.run()).toThrow(/run\(\).*file:\/\/\/no\/such\/module\.js/);
  });

  test("is no promise, so an async function may return it", async () => {
    expect(await Promise.resolve(jobs)).toBe(jobs);
    expect("then" in jobs).toBe(false);
    expect("identity" in jobs).toBe(true);
  });

  test("cannot be changed", () => {
    expect(() => Object.assign(jobs, { identity: () => 1 })).toThrow(TypeError);
  });

  test.each([
    ["a URL as a string", url.href],
    ["an absolute path", decodeURI(url.pathname)],
    ["a path that is not the shortest", url.href.replace("fixtures", "fixtures/../fixtures")],
  ])("takes %s", (_what, module) => {
    expect(nameOfJob(workerModule<{ run(): void }>(module).run)).toMatchObject({ module: url.href });
  });

  test.each([["./jobs.js"], ["jobs"], [""], [undefined], [7]])("refuses %s", (module) => {
    expect(() => workerModule(module as never)).toThrow(TypeError);
  });

  test("tells how a relative path is written", () => {
    expect(() => workerModule("./jobs.js")).toThrow('new URL("./jobs.js", import.meta.url)');
  });
});

describe("task()", () => {
  test("names the function, which is the function still", () => {
    const double = (n: number): number => n * 2;
    const named = task(import.meta, "double", double);

    expect(named).toBe(double);
    expect(named(2)).toBe(4);
    expect(nameOfJob(named)).toEqual({ kind: "export", module: import.meta.url, name: "double" });
  });

  test.each([
    [undefined, "f", () => {}],
    [{}, "f", () => {}],
    [{ url: "file:///a.js" }, 7, () => {}],
    [{ url: "file:///a.js" }, "f", 7],
  ])("refuses %s, %s, %s", (meta, name, fn) => {
    expect(() => task(meta as never, name as never, fn as never)).toThrow(TypeError);
  });
});

describe("inline()", () => {
  test("names the function by its source text, which is the function still", () => {
    const double = (n: number): number => n * 2;

    expect(inline(double)).toBe(double);
    expect(nameOfJob(double)).toEqual({ kind: "source", source: String(double), id: expect.any(Number) });
  });

  test("takes two functions with the same text for one", () => {
    const make = () => inline((n: number) => n * 3);

    expect(nameOfJob(make())).toEqual(nameOfJob(make()));
    const other = nameOfJob(inline((n: number) => n * 4));
    expect(other).not.toMatchObject({ id: (nameOfJob(make()) as { id?: number }).id });
  });

  test("leaves a function that has a name as it is", () => {
    const { identity } = workerModule<typeof import("../test/fixtures/naming.js")>("file:///naming.js");

    expect(inline(identity)).toBe(identity);
    expect(nameOfJob(identity)?.kind).toBe("export");
  });

  test.each([
    ["a bound function", (() => 1).bind(null)],
    ["a native function", Math.max],
    ["a class", class {}],
    ["no function", 7],
  ])("refuses %s", (_what, fn) => {
    expect(() => inline(fn as never)).toThrow(TypeError);
  });
});
