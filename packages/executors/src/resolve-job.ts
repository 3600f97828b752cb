import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { show } from "@asyncio-ts/contextvars";
import { compileInline, inlineFile } from "./compile-inline.ts";
import { JobLoadError } from "./errors.ts";
import type { AnyFunction, JobName } from "./job-name.ts";
import { importFromNowOn, loadModule } from "./load-module.ts";

const resolved = new Map<string, AnyFunction>();

/**
 * The function that `name` stands for, in the worker.
 *
 * What was found is kept. What was not is looked for again the next time, as the reason may be gone.
 *
 * @returns The function, or a promise of it the first time.
 * @throws {JobLoadError} The module does not load (that is the cause), or has no such function. Thrown by the promise.
 */
export function resolveJob(name: JobName): AnyFunction | Promise<AnyFunction> {
  const key = name.kind === "source" ? name.source : `${name.name} ${name.module}`;
  const known = resolved.get(key);
  if (known !== undefined) return known;
  return find(name).then((fn) => {
    resolved.set(key, fn);
    return fn;
  });
}

async function find(name: JobName): Promise<AnyFunction> {
  if (name.kind === "source") {
    importFromNowOn();
    return compileInline(name.source, `${inlineFile}${name.id}`);
  }
  const exports = await load(name.module, name.name);
  return functionIn(exports, name.module, name.name);
}

// Modules

async function load(module: string, name: string): Promise<Record<string, unknown>> {
  try {
    return await loadModule(locate(module));
  } catch (cause) {
    throw new JobLoadError(`Cannot load ${module} to run ${name}(): ${reason(cause)}`, { cause });
  }
}

/** Each extension with the one that a file has before, or after, it is compiled. */
const twins: readonly (readonly [string, string])[] = [
  [".js", ".ts"],
  [".mjs", ".mts"],
  [".cjs", ".cts"],
  [".js", ".tsx"],
];

/** The URL of the module itself, or of its twin if only that exists. */
function locate(module: string): string {
  const url = new URL(module);
  if (url.protocol !== "file:" || existsSync(fileURLToPath(url))) return module;
  for (const twin of twinsOf(url)) if (existsSync(fileURLToPath(twin))) return twin.href;
  return module;
}

function twinsOf(url: URL): URL[] {
  const found: URL[] = [];
  for (const [compiled, source] of twins) {
    for (const [from, to] of [
      [compiled, source],
      [source, compiled],
    ] as const) {
      if (!url.pathname.endsWith(from)) continue;
      const twin = new URL(url);
      twin.pathname = url.pathname.slice(0, -from.length) + to;
      found.push(twin);
    }
  }
  return found;
}

function reason(cause: unknown): string {
  const message = show(cause);
  if (!/Unknown file extension "\.[cm]?tsx?"/.test(message)) return message;
  return "Node needs a loader to run TypeScript; start it with one, as --import tsx, or compile the module first";
}

function functionIn(exports: Record<string, unknown>, module: string, name: string): AnyFunction {
  const found = name in exports ? exports[name] : fromCommonJs(exports, name);
  if (typeof found === "function") return found as AnyFunction;
  if (found !== undefined) throw new JobLoadError(`The export ${name} of ${module} is no function: ${typeof found}`);
  const all = Object.keys(exports).filter((each) => typeof exports[each] === "function");
  const list = all.length === 0 ? "no functions" : all.join(", ");
  throw new JobLoadError(`The module ${module} exports no ${name}; it exports ${list}`);
}

/** Node does not see every name that a CommonJS module exports, but all of them are on its default export. */
function fromCommonJs(exports: Record<string, unknown>, name: string): unknown {
  const { default: all } = exports;
  return typeof all === "object" && all !== null && Object.hasOwn(all, name)
    ? (all as Record<string, unknown>)[name]
    : undefined;
}
