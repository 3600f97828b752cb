import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A program of this package that is to be run by a process of its own. */
export interface Child {
  readonly command: string;
  readonly args: readonly string[];
}

/** A module of `processes/`, run by this Node. */
export function nodeChild(module: string, ...args: readonly string[]): Child {
  const path = fileURLToPath(new URL(`./processes/${module}.js`, import.meta.url));
  return { command: process.execPath, args: [path, ...args] };
}

/** A script of `python/`, run by `python`. */
export function pythonChild(python: string, script: string, ...args: readonly string[]): Child {
  const path = fileURLToPath(new URL(`../python/${script}.py`, import.meta.url));
  return { command: python, args: [path, ...args] };
}

/** Run a child to its end and read the JSON that it has printed. */
export async function answerOf<T>(child: Child): Promise<T> {
  const { stdout } = await run(child.command, [...child.args], { maxBuffer: 1 << 24 });
  return JSON.parse(stdout) as T;
}
