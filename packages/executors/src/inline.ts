import { show } from "@asyncio-ts/contextvars";
import { nameOf } from "@asyncio-ts/core";
import { compileInline } from "./compile-inline.ts";
import { type AnyFunction, giveJobName, nameOfJob } from "./job-name.ts";
import { perThread } from "./per-thread.ts";

const sources = perThread("inlineSources.1", () => new Map<string, number>());

/**
 * Let an executor run `fn` from its source text.
 *
 * For small things in scripts. The text is all that travels: `fn` can use its arguments, what is global, and what it
 * imports itself by `await import("node:…")`, but no variable and no import of the module around it. TypeScript cannot
 * see that, and neither can we before it runs: it fails in the worker with a `ClosureError` that names the variable. A
 * captured variable that is called like something global is not noticed.
 *
 * @returns `fn` itself. Functions with the same text are one function to the worker.
 * @throws {TypeError} `fn` has no source text of its own: it is bound or native, or it uses `import.meta`.
 *
 * @example
 * const double = inline((n: number) => n * 2);
 * double(21) // => 42
 */
export function inline<Args extends unknown[], R>(fn: (...args: Args) => R): (...args: Args) => R {
  if (typeof fn !== "function") throw new TypeError(`inline() needs a function, not ${show(fn)}`);
  if (nameOfJob(fn) !== undefined) return fn;
  const source = String(fn);
  let id = sources.get(source);
  if (id === undefined) {
    checkSource(fn, source);
    id = sources.size + 1;
    sources.set(source, id);
  }
  giveJobName(fn, { kind: "source", source, id });
  return fn;
}

function checkSource(fn: AnyFunction, source: string): void {
  try {
    compileInline(source);
  } catch (cause) {
    throw new TypeError(`inline() cannot take the source text of ${nameOf(fn)} out of its place`, { cause });
  }
}
