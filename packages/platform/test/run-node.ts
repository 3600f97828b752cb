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
  /** Leave the program at the top level of its module on all runtimes; see `evaluation`. */
  readonly isTopLevel?: boolean;
  /** In milliseconds; a program that takes longer is ended by a signal. */
  readonly timeout?: number;
}

const imports = `
import { Context, ContextVar } from "@asyncio-ts/contextvars";
import {
  getEventLoop, getRunningLoop, KeyboardInterrupt, newEventLoop, run, Runner, setEventLoop,
} from "@asyncio-ts/platform";
import { createTask, currentTask, Future, sleep } from "@asyncio-ts/tasks";
`;

/**
 * Run a program, as built, in a process of its own, to its end, on the runtime of the tests. Whenever it prints `interrupt`, it gets a SIGINT; for
 * `terminate`, a SIGTERM.
 *
 * @param program - JavaScript with the imports above.
 */
export function runNode(program: string, options: ProgramOptions = {}): Promise<ProgramResult> {
  const env = { ...process.env, NODE_OPTIONS: "", ASYNCIO_DEBUG: "", ...options.env };
  const { timeout = 25_000 } = options;
  const child = spawn(process.execPath, evaluation(program, options), {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    timeout,
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    for (const [signal] of text.matchAll(/^(interrupt|terminate)$/gm)) {
      process.kill(child.pid as number, signal === "interrupt" ? "SIGINT" : "SIGTERM"); // child.kill() of Deno loses the exit code
    }
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stdout, stderr }));
  });
}

/**
 * How the runtime is told to run `program`.
 *
 * Bun and Deno do not say that a process has nothing left to do while the top level of its module awaits something: Bun
 * waits for ever, Deno ends with an error of its own, or waits for ever as well. So the program is in a function there.
 */
function evaluation(program: string, { flags = [], isTopLevel = false }: ProgramOptions): string[] {
  const importOfProgram = /^\s*import .*;$/gm;
  const itsImports = program.match(importOfProgram)?.join("\n") ?? "";
  const inFunction = `${imports}${itsImports}\nvoid (async () => {${program.replace(importOfProgram, "")}\n})();`;
  const atTopLevel = imports + program;
  if ("bun" in process.versions) return [...flags, "--eval", isTopLevel ? atTopLevel : inFunction];
  if ("deno" in process.versions) return ["eval", ...flags, isTopLevel ? atTopLevel : inFunction];
  return [...flags, "--input-type=module", "--eval", atTopLevel];
}
