import type { JobName } from "../job-name.ts";
import type { FunctionReference } from "../protocol.ts";
import { resolveJob } from "../resolve-job.ts";

// biome-ignore lint/suspicious/noExplicitAny: functions of the user, whatever they take
type AnyFunction = (...args: any[]) => unknown;

/** A function that the pool has named. */
export interface KnownFunction {
  readonly name: JobName;
  /** `null` until the first call. */
  call: AnyFunction | null;
  /** How long a call takes, in milliseconds, as far as is known; infinite until the first has ended. */
  expected: number;
  /** So many calls in a row were short. */
  shortCalls: number;
}

/** The functions that this worker was told of. */
export class FunctionTable {
  readonly #functions: KnownFunction[] = [];

  /** The function that a batch refers to. */
  get(reference: FunctionReference<JobName>): KnownFunction {
    if (typeof reference === "number") return this.#functions[reference] as KnownFunction;
    const [number, name] = reference;
    this.#functions[number] ??= { name, call: null, expected: Number.POSITIVE_INFINITY, shortCalls: 0 };
    return this.#functions[number];
  }
}

/** Load the function. Fails, and may be tried again, if there is no such module or no such export. */
export async function load(known: KnownFunction): Promise<AnyFunction> {
  const call = (await resolveJob(known.name)) as AnyFunction;
  known.call = call;
  return call;
}

/** Each item of a chunk goes to the function, one after another. */
export async function callForEach(call: AnyFunction, items: readonly unknown[]): Promise<unknown[]> {
  const results: unknown[] = [];
  for (const item of items) {
    const result = call(item);
    results.push(isThenable(result) ? await result : result);
  }
  return results;
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
  return isObject && typeof (value as { then?: unknown }).then === "function";
}
