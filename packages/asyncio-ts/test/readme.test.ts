import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { runProgram } from "./run-program.ts";

const root = new URL("../../../", import.meta.url);
const programs = new URL("packages/asyncio-ts/examples/readme/", root);

/** The programs of a README, as they stand in it. */
function programsIn(readme: string): string[] {
  const text = readFileSync(new URL(readme, root), "utf8");
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1] ?? "");
}

/** What the comments of a program, `// => …`, say that it prints. */
function promised(program: string): string {
  return [...program.matchAll(/\/\/ => (.*)$/gm)].map((match) => `${match[1]}\n`).join("");
}

describe("READMEs", () => {
  const names = readdirSync(programs).map((file) => file.replace(/\.ts$/, ""));

  test.each(names)("%s prints what its comments say", (name) => {
    const program = readFileSync(new URL(`${name}.ts`, programs), "utf8");
    expect(runProgram(`readme/${name}`)).toEqual({ status: 0, stdout: promised(program), stderr: "" });
  });

  test.each(names)("the README of %s shows that program", (name) => {
    const program = readFileSync(new URL(`${name}.ts`, programs), "utf8");
    expect(programsIn(`packages/${name}/README.md`)).toEqual([program]);
  });

  test("the README of the repository shows that of asyncio-ts", () => {
    expect(programsIn("README.md")).toEqual(programsIn("packages/asyncio-ts/README.md"));
  });

  test("the quick start is two lines", () => {
    const quickStart = readFileSync(new URL("README.md", root), "utf8").match(/^## Quick start.*?^```sh\n(.*?)^```$/ms);
    expect(quickStart?.[1]).toBe("npx --yes pnpm@12.21.0 demo\nnpx --yes pnpm@12.21.0 test\n");
  });
});
