import { allTasks, DeadlockError, eagerTaskFactory, Task } from "asyncio-ts";
import { runGenerator } from "./generator-interpreter.ts";
import { runNative } from "./native-interpreter.ts";
import type { Program } from "./program.ts";
import { VirtualLoop } from "./virtual-loop.ts";
import { type Begin, type MakeBegin, World } from "./world.ts";

/** The kinds of body that a coroutine can have. */
export type Kind = Begin["kind"];

/** What a program did. */
export interface Run {
  readonly trace: readonly string[];
  /** The program met a statement that nothing understands: its trace ends there. */
  readonly isUnsupported: boolean;
  /** How many lines of the trace are to be compared, if those that follow differ on purpose. */
  readonly knownDifferenceFrom: number | null;
}

/**
 * Run a program on a loop of its own, in virtual time.
 *
 * @param kinds - The kinds of the coroutines in the order in which they are made, repeated as often as needed.
 */
export async function runProgram(program: Program, kinds: readonly Kind[]): Promise<Run> {
  const loop = new VirtualLoop();
  const world = new World(loop, makeBegin(program, kinds));
  try {
    const main = new Task(world.begin({ body: "main", as: "main" }).run, { loop, name: "main" });
    world.put("main", main);
    if (program.eager) loop.setTaskFactory(eagerTaskFactory);
    const failure = await failureOf(loop.runUntilComplete(main));
    if (loop.hasHitTurnLimit()) world.log("-", "turn limit");
    else if (failure instanceof DeadlockError) world.log("-", "deadlock");
    else if (!main.done()) world.log("-", `the loop failed: ${String(failure)}`);
    world.end(allTasks(loop).size);
    return {
      trace: [...world.trace],
      isUnsupported: world.isUnsupported,
      knownDifferenceFrom: world.knownDifferenceFrom,
    };
  } finally {
    world.dispose();
    loop.close();
  }
}

function makeBegin(program: Program, kinds: readonly Kind[]): MakeBegin {
  let made = 0;
  return (world, { body, as }) => {
    const block = program.bodies[body];
    if (block === undefined) throw new Error(`The program "${program.name}" has no body "${body}"`);
    const by = { world, who: as };
    return kinds[made++ % kinds.length] === "native"
      ? { kind: "native", run: () => runNative(by, block) }
      : { kind: "generator", run: () => runGenerator(by, block) };
  };
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return error;
  }
}
