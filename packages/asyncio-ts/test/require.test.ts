import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { readWorkspace } from "./workspace.ts";

const names = readWorkspace().flatMap(({ manifest }) => (manifest.private === true ? [] : [manifest.name]));

describe("require()", () => {
  test.each(names)("loads %s, as built, where the engine can require modules", (name) => {
    const program = `
      const loaded = require(${JSON.stringify(name)});
      console.log(Object.keys(loaded).length > 0, loaded === require(${JSON.stringify(name)}));`;
    // Node 20 and 22 say that it is experimental.
    const args = ["--no-warnings", "--input-type=commonjs", "--eval", program];
    // A package knows itself by its name, and the others only as far as it depends on them.
    const cwd = new URL(`../../${name.replace("@asyncio-ts/", "")}/`, import.meta.url);
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "true true\n", stderr: "" });
  });

  test("gives the very functions that import gives", () => {
    const program = `
      const { run, sleep } = require("asyncio-ts");
      import("asyncio-ts").then(async (imported) => console.log(imported.run === run, await run(sleep(0.001, "done"))));`;
    const args = ["--no-warnings", "--input-type=commonjs", "--eval", program];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: import.meta.dirname, encoding: "utf8" });
    expect({ stdout, stderr }).toEqual({ stdout: "true done\n", stderr: "" });
  });
});
