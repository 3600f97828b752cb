import { nameOf } from "@asyncio-ts/core";
import { perThread } from "./per-thread.ts";

/** A function that can be a job. */
// biome-ignore lint/suspicious/noExplicitAny: a function fits only if its parameters may be anything
export type AnyFunction = (...args: any[]) => unknown;

/** Any function. A signature, however wide, would take the type parameters from a function that is passed as such. */
// biome-ignore lint/complexity/noBannedTypes: it is meant to match every function
export type Nameable = Function;

/** How a worker finds a function: as an export of a module, or by its source text. Can be cloned. */
export type JobName =
  | { readonly kind: "export"; readonly module: string; readonly name: string }
  | { readonly kind: "source"; readonly source: string; readonly id: number };

// The names are kept beside the functions, not on them: with a property of its own, the type of a function would lose its
// type parameters on the way through `submit`.
const names = perThread("jobNames.1", () => new WeakMap<Nameable, JobName>());

/** The name that workers know `fn` by; `undefined` for a closure. */
export function nameOfJob(fn: Nameable): JobName | undefined {
  return names.get(fn);
}

/** Let `fn` be known to workers as `name`. */
export function giveJobName(fn: Nameable, name: JobName): void {
  names.set(fn, name);
}

/**
 * Refuse a function that has no name, saying what to do.
 *
 * @param caller - Whom it was given to, as `"submit"`.
 * @throws {TypeError} Always.
 */
export function refuseClosure(caller: string, fn: AnyFunction): never {
  throw new TypeError(
    `${caller}() cannot send the closure ${nameOf(fn)} to a worker: export it from a module and name that by ` +
      "workerModule(), define it by task(), or, if it uses nothing from outside itself, wrap it in inline()",
  );
}
