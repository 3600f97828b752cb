import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { format } from "node:util";
import { VirtualHost } from "@asyncio-ts/core/testing";
import { DefaultEventLoopPolicy, EventLoop, setEventLoopPolicy } from "@asyncio-ts/platform";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { pages, read, sources } from "./documentation.ts";
import { asProgram, compilerOptions, inScope, inTask } from "./sample-module.ts";
import { examplesIn, programsIn, type RunnableSample, toRunnable } from "./samples.ts";

/** Vitest runs modules only, so each sample is written into one. Two runs at once do not share them. */
const modules = new URL(`../dist-examples/samples-${process.pid}/`, import.meta.url);

/** Examples of these stand in a task; those of the layers below, of the platform and of testing, outside of all loops. */
const aboutTasks = /^packages\/(tasks|combinators|sync|executors)\/src\/[^/]+$/;

/** Virtual time knows nothing of what these wait for. */
const waitsForTheWorld = /\bfetch\(|\b(Thread|Process)PoolExecutor\b|\b(toThread|runInExecutor)\(/;

/** What is about reports makes some; nobody else should. */
const isAboutReports = /\b(printException|warn)\(/;

class VirtualPolicy extends DefaultEventLoopPolicy {
  override newEventLoop(): EventLoop {
    return new EventLoop(new VirtualHost());
  }
}

describe("samples", () => {
  mkdirSync(modules, { recursive: true });
  writeFileSync(new URL("tsconfig.json", modules), JSON.stringify(compilerOptions));

  beforeEach(() => setEventLoopPolicy(new VirtualPolicy()));
  afterEach(() => setEventLoopPolicy(null));
  afterAll(() => rmSync(modules, { recursive: true }));

  for (const path of pages) {
    for (const sample of programsIn(path, read(path)).map(toRunnable)) {
      testSample(sample, asProgram(sample));
    }
  }
  for (const path of sources) {
    for (const sample of examplesIn(path, read(path)).map(toRunnable)) {
      testSample(sample, aboutTasks.test(path) ? inTask(sample) : inScope(sample));
    }
  }

  test("have the right types", { timeout: 60_000 }, () => {
    const config = fileURLToPath(new URL("tsconfig.json", modules));
    const { stdout, error } = spawnSync("tsc", ["-p", config], {
      encoding: "utf8",
      shell: process.platform === "win32",
    });
    if (error) throw error;
    // The sources have a check of their own.
    expect(stdout.split("\n").filter((line) => line.includes("dist-examples"))).toEqual([]);
  });
});

function testSample({ where, code, checks, printed }: RunnableSample, text: string): void {
  const module = new URL(`${where.replaceAll(/\W+/g, "-")}.ts`, modules);
  writeFileSync(module, text);

  test(`at ${where} does what its comments say`, async () => {
    if (waitsForTheWorld.test(code)) setEventLoopPolicy(null);
    const log = vi.spyOn(console, "log").mockReturnValue();
    const reports = [vi.spyOn(console, "error").mockReturnValue(), vi.spyOn(process, "emitWarning").mockReturnValue()];
    try {
      await import(/* @vite-ignore */ module.href);
      expect(log.mock.calls.map((args) => format(...args))).toEqual(printed);
      expect(reports.flatMap(({ mock }) => (isAboutReports.test(code) ? [] : mock.calls))).toEqual([]);
      expect.assertions(checks + 2);
    } finally {
      vi.restoreAllMocks();
    }
  });
}

describe("toRunnable()", () => {
  function runnable(code: string): RunnableSample {
    return toRunnable({ where: "a.md:1", code });
  }

  test("checks the value before a comment", () => {
    expect(runnable('f();\ng() // => "a"\n')).toMatchObject({
      code: 'f();\n__check(2, (g()), ("a")); // => "a"\n',
      checks: 1,
    });
  });

  test("checks a value within a value, and one of several lines", () => {
    const { code, checks } = runnable("await run(() => {\n  f(); // => 1\n}); // => 2\n");
    expect(code).toBe("__check(3, (await run(() => {\n  __check(2, (f()), (1)); // => 1\n})), (2)); // => 2\n");
    expect(checks).toBe(2);
  });

  test("takes the comment after console.log() for what is printed", () => {
    const code = "if (yes) console.log(a, b); // => a b\nlater(() => console.log(c)); // => c\n";
    expect(runnable(code)).toMatchObject({ code, checks: 0, printed: ["a b", "c"] });
  });

  test("refuses a comment that does not follow an expression, and what cannot be parsed", () => {
    expect(() => runnable("const a = 1; // => 1")).toThrow('No expression before "// => 1" at a.md:1');
    expect(() => runnable("const a = ;")).toThrow("Cannot read the sample at a.md:1");
  });
});

describe("examplesIn()", () => {
  test("finds what follows each tag, up to the next one", () => {
    const source = `
      /**
       * Adds.
       *
       * @example
       * add(1, 2) // => 3
       *
       * @see elsewhere
       */
      export const add = "/** @example */";
      // @example
    `;
    expect(examplesIn("add.ts", source)).toEqual([{ where: "add.ts:6", code: "add(1, 2) // => 3\n" }]);
  });
});

describe("programsIn()", () => {
  test("finds the blocks of TypeScript", () => {
    const page = "# A\n\n```ts\nf();\n```\n\n```sh\nls\n```\n";
    expect(programsIn("a.md", page)).toEqual([{ where: "a.md:4", code: "f();\n" }]);
  });
});
