import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** How a program ended, and what it said. */
export interface ProgramResult {
  /** `null` if a signal has ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is run. */
export interface ProgramOptions {
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const imports = `
import { Context, ContextVar } from "@asyncio-ts/contextvars";
import {
  getEventLoop, getRunningLoop, KeyboardInterrupt, newEventLoop, run, Runner, setEventLoop,
} from "@asyncio-ts/platform";
import { createTask, currentTask, Future, sleep } from "@asyncio-ts/tasks";
`;

/**
 * Run a program, as built, in a Node of its own, to its end. Whenever it prints `interrupt`, it gets a SIGINT.
 *
 * @param program - JavaScript with the imports above.
 */
export function runNode(program: string, options: ProgramOptions = {}): Promise<ProgramResult> {
  const env = { ...process.env, NODE_OPTIONS: "", ASYNCIO_DEBUG: "", ...options.env };
  const args = [...(options.flags ?? []), "--input-type=module", "--eval", imports + program];
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"], timeout: 25_000 });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    for (const _ of text.matchAll(/^interrupt$/gm)) child.kill("SIGINT");
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stdout, stderr }));
  });
}
