import { ClosureError } from "./errors.ts";
import type { AnyFunction } from "./job-name.ts";

/** What stack traces call inline jobs; a number follows. */
export const inlineFile = "asyncio-ts:inline/";

/**
 * Make a function of its source text: `(n) => n * 2`, `function f() {}`, or `f() {}` as methods show themselves.
 *
 * It sees nothing but what is global, and is strict, so that to assign a captured variable fails instead of making a
 * global one.
 *
 * @param file - What stack traces call it.
 * @throws {SyntaxError} It cannot stand by itself.
 */
export function compileInline(source: string, file: string = inlineFile): AnyFunction {
  if (/^class\b/.test(source)) throw new SyntaxError("A class cannot be called");
  try {
    return compile(`(${source})`, file);
  } catch (error) {
    if (!isMethod(source)) throw error;
    return compile(`Object.values({${source}})[0]`, file);
  }
}

/** What tools write into source text, and define at the top of a file that we leave behind. */
const shims = {
  /** Around inner functions, by esbuild. */
  __name: (fn: unknown) => fn,
  /** In the place of `import()`, by Vite and vitest. */
  __vite_ssr_dynamic_import__: (module: string): Promise<unknown> => import(module),
};

function compile(expression: string, file: string): AnyFunction {
  const body = `"use strict"; return ${expression}\n//# sourceURL=${file}`;
  // oxlint-disable-next-line typescript/no-implied-eval -- to make a function of source text is what this is for
  return new Function(...Object.keys(shims), body)(...Object.values(shims)) as AnyFunction;
}

function isMethod(source: string): boolean {
  return /^(?:async\s*)?\*?\s*[\p{ID_Start}$_["']/u.test(source) && !source.includes("[native code]");
}

/**
 * `error`; or, if an inline job has thrown it because it uses what did not travel with it, a `ClosureError` that says so.
 *
 * Which variables a function captures, only a parser could tell beforehand; the engine tells when it meets one.
 */
export function explainClosure(error: unknown): unknown {
  if (!(error instanceof ReferenceError)) return error;
  const variable = /^(\S+) is not defined$/.exec(error.message)?.[1];
  const thrower = /\n\s*at (.*)/.exec(error.stack ?? "")?.[1];
  if (variable === undefined || thrower === undefined || !thrower.includes(inlineFile)) return error;
  const advice = "pass it as an argument, or export the job from a module";
  return new ClosureError(`The inline job uses ${variable}, which did not travel with it: ${advice}`, variable, {
    cause: error,
  });
}
