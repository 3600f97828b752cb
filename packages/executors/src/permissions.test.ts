import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

type CommandOfDeno = new (
  program: string,
  options: { readonly args: readonly string[] },
) => { output(): Promise<{ readonly stdout: Uint8Array; readonly stderr: Uint8Array }> };

const program = fileURLToPath(new URL("../test/fixtures/permissions.js", import.meta.url));

/** What a program prints that has these permissions and runs a job. */
async function run(kind: "threads" | "processes", permissions: readonly string[]): Promise<string[]> {
  const args = ["run", "--no-prompt", "--node-modules-dir=manual", ...permissions, program, kind];
  // A child of node:child_process may do what we may.
  const { Deno } = globalThis as unknown as { readonly Deno: { readonly Command: CommandOfDeno } };
  const { stdout, stderr } = await new Deno.Command(process.execPath, { args }).output();
  return [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
}

describe.runIf("deno" in process.versions)("on Deno", { timeout: 30_000 }, () => {
  test("threads need to read their modules, and no more", async () => {
    expect(await run("threads", ["--allow-read"])).toEqual(["42\n", ""]);
    expect(await run("threads", [])).toEqual(["JobLoadError: NotCapable\n", ""]);
  });

  test("processes need to read, to be run, and the environment", async () => {
    expect(await run("processes", ["--allow-read", "--allow-run", "--allow-env"])).toEqual(["42\n", ""]);
    for (const missing of [
      ["--allow-read", "--allow-run"],
      ["--allow-read", "--allow-env"],
    ]) {
      expect(await run("processes", missing)).toEqual(["BrokenProcessPool: NotCapable\n", ""]);
    }
  });
});
