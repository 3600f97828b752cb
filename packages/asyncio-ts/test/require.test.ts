import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { readWorkspace } from "./workspace.ts";

const names = readWorkspace().flatMap(({ manifest }) => (manifest.private === true ? [] : [manifest.name]));

describe("require()", () => {
  test.each(names)("loads %s, as built, where the engine can require modules", (name) => {
    const program = `
      const loaded = require(${JSON.stringify(name)});
      console.log(Object.keys(loaded).length > 0, loaded === require(${JSON.stringify(name)}));`;
    // A package knows itself by its name, and the others only as far as it depends on them.
    const cwd = new URL(`../../${name.replace("@asyncio-ts/", "")}/`, import.meta.url);
    const { status, stdout, stderr } = spawnSync(process.execPath, evaluation(program), { cwd, encoding: "utf8" });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "true true\n", stderr: "" });
  });

  test("gives the very functions that import gives", () => {
    const program = `
      const { run, sleep } = require("asyncio-ts");
      import("asyncio-ts").then(async (imported) => console.log(imported.run === run, await run(sleep(0.001, "done"))));`;
    const options = { cwd: import.meta.dirname, encoding: "utf8" } as const;
    const { stdout, stderr } = spawnSync(process.execPath, evaluation(program), options);
    expect({ stdout, stderr }).toEqual({ stdout: "true done\n", stderr: "" });
  });
});

/** How the runtime of the tests is told to run a CommonJS program. */
function evaluation(program: string): string[] {
  if ("bun" in process.versions) return ["--eval", program];
  if ("deno" in process.versions) return ["eval", "--ext=cjs", program];
  return ["--no-warnings", "--input-type=commonjs", "--eval", program]; // Node 20 and 22 warn that it is experimental
}
