import { type EngineName, isEagerExact, runsOf } from "./engines.ts";
import type { Program } from "./program.ts";
import { type Run, runProgram } from "./run-program.ts";

/** The first line in which a run differs from CPython's; `undefined` where a trace has ended. */
export interface Difference {
  readonly program: string;
  /** Counted from 1. */
  readonly line: number;
  readonly ours: string | undefined;
  readonly theirs: string | undefined;
}

/** How an engine did on the programs of a file. */
export interface AreaResult {
  readonly programs: number;
  /** One for each program that differs. */
  readonly differences: readonly Difference[];
  /** Programs that met a statement that nothing understands; they were compared up to there. */
  readonly unsupported: number;
  /** Programs that differ where we leave CPython on purpose; they were compared up to there. */
  readonly known: number;
  /** Eager programs, on an engine of which they ask too much. */
  readonly leftOut: number;
}

/** Run the programs on an engine, and compare each with its trace. */
export async function checkArea(engine: EngineName, programs: readonly Program[]): Promise<AreaResult> {
  const suited = programs.filter((program) => !program.eager || isEagerExact(engine));
  const differences: Difference[] = [];
  let unsupported = 0;
  let known = 0;
  for (const program of suited) {
    const runs = await runAll(engine, program);
    const difference = runs.map((run) => compare(program, run)).find((each) => each !== undefined);
    if (difference !== undefined) differences.push(difference);
    if (runs.some((run) => run.knownDifferenceFrom !== null)) known++;
    if (runs.some((run) => run.isUnsupported)) unsupported++;
  }
  return { programs: suited.length, differences, unsupported, known, leftOut: programs.length - suited.length };
}

async function runAll(engine: EngineName, program: Program): Promise<Run[]> {
  const runs: Run[] = [];
  for (const kinds of runsOf(engine)) runs.push(await runProgram(program, kinds));
  return runs;
}

/** Where a run differs from the trace of its program, as far as they can be compared. */
function compare(program: Program, run: Run): Difference | undefined {
  const comparable = run.knownDifferenceFrom ?? (run.isUnsupported ? run.trace.length : Number.POSITIVE_INFINITY);
  const length = Math.min(comparable, Math.max(run.trace.length, program.trace.length));
  for (let index = 0; index < length; index++) {
    const [ours, theirs] = [run.trace[index], program.trace[index]];
    if (ours !== theirs) return { program: program.name, line: index + 1, ours, theirs };
  }
  return undefined;
}
