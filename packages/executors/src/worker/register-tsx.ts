import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as threads from "node:worker_threads";

/**
 * Where the program runs under tsx, let this thread do as well.
 *
 * Threads inherit the options of the program, and with them its loaders. But on Node before 22.14, tsx passes over every
 * thread but the main one, since it cannot tell it from those that Node runs loaders in.
 */
export async function registerTsx(): Promise<void> {
  if (threads.isMainThread || "isInternalThread" in threads) return;
  const api = tsxIn([...process.execArgv, ...(process.env.NODE_OPTIONS ?? "").split(" ")]);
  if (api === undefined) return;
  const { register } = (await import(api)) as { register(): unknown };
  register();
}

/** Where tsx keeps its functions, if `options` start it. */
function tsxIn(options: readonly string[]): string | undefined {
  for (const option of options) {
    const name = option.replace(/^--[a-z]+=/, "");
    if (name === "tsx" || name === "tsx/esm") {
      const { createRequire } = process.getBuiltinModule("node:module"); // which delays the start of every worker
      const program = createRequire(join(process.cwd(), "index.js"));
      return pathToFileURL(program.resolve("tsx/esm/api")).href;
    }
    if (/[\\/]tsx[\\/]dist[\\/](?:loader|esm[\\/]index)\.mjs$/.test(name)) return apiBeside(name);
  }
  return undefined;
}

function apiBeside(loader: string): string {
  const url = loader.startsWith("file:") ? loader : pathToFileURL(loader).href;
  return url.replace(/(?:loader|esm\/index)\.mjs$/, "esm/api/index.mjs");
}
