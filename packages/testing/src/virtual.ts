import type { GeneratorBody } from "@asyncio-ts/tasks";
import { checkTest, type RunTestOptions, runTest } from "./run-test.ts";

/**
 * Make the function that a test runner calls of a test that is run in virtual time, as `runTest` does.
 *
 * It passes on what the runner gives: `test("…", virtual(async ({ expect }) => { … }))` with vitest, its fixtures
 * included, `test("…", virtual(async (t) => { … }))` with node:test. The loop is `getRunningLoop()`.
 *
 * @throws {TypeError} `body` is not a function, or an option is of the wrong type.
 * @throws {RangeError} An option is out of range.
 *
 * @example
 * const test = virtual(async () => {
 *   await sleep(3600);
 *   return getRunningLoop().time();
 * });
 * await test() // => 3600
 */
export function virtual<Args extends unknown[], T>(
  body: (...args: Args) => GeneratorBody<T> | PromiseLike<T>,
  options: RunTestOptions = {},
): (...args: Args) => Promise<T> {
  checkTest("virtual", body, options);
  const run = (...args: Args): Promise<T> => {
    const named = (): GeneratorBody<T> | PromiseLike<T> => body(...args);
    Object.defineProperty(named, "name", { value: body.name });
    return runTest(named, options);
  };
  Object.defineProperty(run, "name", { value: body.name });
  // Vitest reads in the text of a test which fixtures it wants.
  return Object.assign(run, { toString: () => String(body) });
}
