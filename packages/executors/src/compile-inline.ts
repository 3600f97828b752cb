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
export function compileInline(source: string, file = inlineFile): AnyFunction {
  try {
    return compile(`(${source})`, file);
  } catch (error) {
    if (!isMethod(source)) throw error;
    return compile(`Object.values({${source}})[0]`, file);
  }
}

function compile(expression: string, file: string): AnyFunction {
  // esbuild wraps inner functions in calls of `__name`, a helper at the top of the file that we leave behind.
  const body = `"use strict"; return ${expression}\n//# sourceURL=${file}`;
  return new Function("__name", body)((fn: unknown) => fn) as AnyFunction;
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
