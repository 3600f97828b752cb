import { RuntimeError } from "@asyncio-ts/contextvars";
import { workerScript } from "./worker-script.ts";

/** How a program is told to run what every worker runs. */
export interface ProcessCommand {
  readonly args: readonly string[];
  /** What it reads first from its standard input; `null` for nothing. */
  readonly input: string | null;
}

/**
 * The command for the runtime that has these `versions`.
 *
 * @param flags - Of the runtime.
 * @param heap - What its heap may take, in MiB; `undefined` for no limit.
 * @throws {RuntimeError} The runtime knows no such limit.
 */
export function processCommand(
  flags: readonly string[],
  heap: number | undefined,
  versions: object = process.versions,
): ProcessCommand {
  if (heap !== undefined) refuseLimitsOnBun(versions);
  const limit = heap === undefined ? [] : [`--max-old-space-size=${heap}`];
  if ("deno" in versions) return denoCommand(flags, limit);
  return { args: [...withoutProgram(flags), ...limit, "-e", workerScript], input: null };
}

/** @throws {RuntimeError} This is Bun, where a heap grows until the machine has no more. */
export function refuseLimitsOnBun(versions: object = process.versions): void {
  if (!("bun" in versions)) return;
  throw new RuntimeError(
    "Bun cannot limit the heap of a worker; maxMemory replaces one that has grown, between two jobs",
  );
}

/**
 * Deno reads the program from its input: that one finds `deno.json` and `package.json` as those in files do, from the current
 * directory on. `deno eval` would have all permissions.
 */
function denoCommand(flags: readonly string[], limit: readonly string[]): ProcessCommand {
  const permissions = flags.some(isPermission) ? [] : permissionFlags();
  const args = ["run", "--ext=js", ...permissions, ...flags, ...limit.map((flag) => `--v8-flags=${flag}`), "-"];
  return { args, input: workerScript };
}

function isPermission(flag: string): boolean {
  return /^(-A|-[RWNESIP](=|$)|--(allow|deny|ignore)-|--permission-set)/.test(flag);
}

interface Permissions {
  querySync(descriptor: { name: string }): { state: string; partial: boolean };
}

const permissionNames = ["read", "write", "net", "env", "run", "sys", "ffi", "import"];

/** What this program may do without restriction, its processes may do; of the rest Deno tells too little to hand it on. */
function permissionFlags(): string[] {
  const { permissions } = (globalThis as unknown as { Deno: { permissions: Permissions } }).Deno;
  const granted = permissionNames.filter((name) => {
    const { state, partial } = permissions.querySync({ name });
    return state === "granted" && !partial;
  });
  return granted.length === permissionNames.length ? ["-A"] : granted.map((name) => `--allow-${name}`);
}

/** A parent that runs a text itself (`node -e text`) must not have its workers run it as well. */
function withoutProgram(flags: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < flags.length; i++) {
    const flag = flags[i] as string;
    if (/^(-e|-p|-pe|--eval|--print)$/.test(flag)) i++;
    else if (!/^--(eval|print|inspect(-brk|-wait|-port)?|input-type)(=|$)/.test(flag)) kept.push(flag);
  }
  return kept;
}
