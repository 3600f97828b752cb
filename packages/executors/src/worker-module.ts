import { show } from "@asyncio-ts/contextvars";
import { urlOfPath } from "#paths";
import { type AnyFunction, giveJobName } from "./job-name.ts";

/** The functions that a module exports, with the types that they have there. */
export type WorkerModule<Module> = {
  readonly [Name in keyof Module as Module[Name] extends AnyFunction ? Name : never]: Module[Name];
};

/**
 * The functions of a module, to be run by an executor.
 *
 * Nothing of the module is loaded here: each property is the name of a function that workers import when they are first
 * asked for it. Only at that time it shows whether the module and the export exist.
 *
 * Where the file is missing, a worker tries the same name with `.ts` in the place of `.js` and the other way round, so
 * `./jobs.js` may be written as `tsc` wants it, and run from source. Bundlers do not follow the URL: make the module an
 * entry of its own.
 *
 * @param module - Where the module lies: `new URL("./jobs.js", import.meta.url)`, what `import.meta.resolve()` gives, or an
 * absolute path. For another program to load it, it has to be a file, or a `data:` URL.
 * @typeParam Module - `typeof import("./jobs.js")`, which loads nothing either. That it is the same module as `module`,
 * nothing checks.
 * @throws {TypeError} `module` is relative, or neither a URL nor a string.
 *
 * @example
 * const jobs = workerModule<typeof import("node:zlib")>("node:zlib");
 * typeof jobs.gzipSync // => "function"
 */
export function workerModule<Module extends object>(module: URL | string): WorkerModule<Module> {
  const url = urlOf(module);
  const handles = new Map<string, AnyFunction>();
  const handleOf = (name: string): AnyFunction => {
    const known = handles.get(name);
    if (known !== undefined) return known;
    const handle = makeHandle(url, name);
    handles.set(name, handle);
    return handle;
  };
  return new Proxy(Object.freeze(Object.create(null)) as WorkerModule<Module>, {
    // `then` would make a promise of it, for whoever returns it from an async function.
    get: (_, name) => (typeof name === "symbol" || name === "then" ? undefined : handleOf(name)),
    has: (_, name) => typeof name === "string" && name !== "then",
  });
}

function makeHandle(module: string, name: string): AnyFunction {
  const handle = (): never => {
    throw new TypeError(
      `Cannot call ${name}() here: it belongs to ${module}, which only workers load; give it to an executor instead`,
    );
  };
  Object.defineProperty(handle, "name", { value: name, configurable: true });
  giveJobName(handle, { kind: "export", module, name });
  return handle;
}

function urlOf(module: unknown): string {
  if (module instanceof URL) return module.href;
  if (typeof module !== "string") throw new TypeError(`workerModule() needs a URL, not ${show(module)}`);
  const url = urlOfPath(module);
  if (url !== null) return url;
  if (!URL.canParse(module)) {
    throw new TypeError(
      `workerModule() needs an absolute URL, not ${show(module)}; write new URL(${show(module)}, import.meta.url)`,
    );
  }
  return new URL(module).href;
}
