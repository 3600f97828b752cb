import { show } from "@asyncio-ts/contextvars";
import { giveJobName, type Nameable } from "./job-name.ts";

/** What `task` needs of `import.meta`. */
export interface ModuleMeta {
  /** Where the module lies. */
  readonly url: string;
}

/**
 * A function that can be called in place and be run by an executor, named where it is defined.
 *
 * The module is loaded on both sides. So it should only define things, as whatever else it does, each worker does again.
 *
 * @param meta - `import.meta` of the module; in CommonJS `{ url: pathToFileURL(__filename).href }`.
 * @param name - Under which the module exports the function.
 * @returns `fn` itself.
 * @throws {TypeError} An argument is of the wrong type.
 *
 * @example
 * const add = task(import.meta, "add", (a: number, b: number) => a + b); // export it!
 * add(1, 2) // => 3
 */
export function task<F extends Nameable>(meta: ModuleMeta, name: string, fn: F): F {
  if (typeof meta?.url !== "string") throw new TypeError(`task() needs import.meta, not ${show(meta)}`);
  if (typeof name !== "string") throw new TypeError(`task() needs the name of an export, not ${show(name)}`);
  if (typeof fn !== "function") throw new TypeError(`task() needs a function, not ${show(fn)}`);
  giveJobName(fn, { kind: "export", module: meta.url, name });
  return fn;
}
