import { fileURLToPath } from "node:url";
import { types } from "node:util";
import { registerTsx } from "./worker/register-tsx.ts";

type Exports = Record<string, unknown>;

/** Only source text that Node evaluates finds this one; what begins as a module has none. */
const { require } = globalThis as { require?: (path: string) => unknown };

let mayRequire = true;
let loaders: Promise<void> | null = null;

/** Code of the user runs now: it may register loaders, and `require` does not ask those. */
export function importFromNowOn(): void {
  mayRequire = false;
}

/**
 * The exports of a module, in a worker.
 *
 * For the first one, `require` takes half the time of `import`: a tenth of the time to the first result.
 */
export async function loadModule(url: string): Promise<Exports> {
  const isFirst = mayRequire;
  importFromNowOn();
  const found = isFirst ? requireModule(new URL(url)) : null;
  if (found !== null) return found;
  loaders ??= registerTsx();
  await loaders;
  return (await import(url)) as Exports;
}

/** `null` if it has to be imported: all that `require` knows otherwise; what awaits at its top level; a program with loaders. */
function requireModule({ protocol, pathname, search, hash, href }: URL): Exports | null {
  if (require === undefined || protocol !== "file:" || search !== "" || hash !== "") return null;
  if (!canRequireModules() || !/\.m?js$/.test(pathname) || hasPreloaded()) return null;
  try {
    const found = require(fileURLToPath(href));
    return types.isModuleNamespaceObject(found) ? (found as unknown as Exports) : null;
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code === "ERR_REQUIRE_ASYNC_MODULE") return null;
    throw error;
  }
}

function canRequireModules(): boolean {
  return (process.features as { require_module?: boolean }).require_module === true;
}

/** Whether the program asks for modules to be loaded first: these may have registered loaders. */
function hasPreloaded(): boolean {
  const flags = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? "").split(/\s+/)];
  return flags.some((flag) => /^(?:-r|--(?:import|require|loader|experimental-loader))(?:=|$)/.test(flag));
}
