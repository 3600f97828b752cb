import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** How a program ended, and what it said. */
export interface ProgramResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Run `examples/<name>.ts`, as it was built, in a Node of its own, to its end.
 *
 * @param name - Without the extension: `"readme/core"`.
 */
export function runProgram(name: string, options: { readonly args?: readonly string[] } = {}): ProgramResult {
  const path = fileURLToPath(new URL(`../dist-examples/${name}.js`, import.meta.url));
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [path, ...(options.args ?? [])], {
    encoding: "utf8",
    timeout: 60_000,
  });
  if (error) throw error;
  return { status, stdout, stderr };
}
