import type { Kind } from "./run-program.ts";

/** What is compared with CPython: bodies of one kind, or of both. */
export type EngineName = "generator" | "native" | "mixed";

/**
 * The runs of each engine: a run gives its coroutines these kinds, in the order in which they are made.
 *
 * *mixed* runs every second coroutine as the other kind, once each way: so every coroutine is run as either, and either
 * kind awaits, calls, spawns and cancels the other.
 */
const runs: { readonly [E in EngineName]: readonly (readonly Kind[])[] } = {
  generator: [["generator"]],
  native: [["native"]],
  mixed: [
    ["generator", "native"],
    ["native", "generator"],
  ],
};

export const engineNames: readonly EngineName[] = Object.keys(runs) as EngineName[];

/** The runs of an engine: for each, the kinds of the coroutines in the order in which they are made. */
export function runsOf(engine: EngineName): readonly (readonly Kind[])[] {
  return runs[engine];
}

/** An eager native task begins at once as well, but cannot be seen to have ended before its promise settles. */
export function isEagerExact(engine: EngineName): boolean {
  return engine === "generator";
}
