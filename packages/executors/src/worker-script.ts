import { workerSource } from "./worker-source.generated.ts";

const isNode = !("bun" in process.versions || "deno" in process.versions);

/** The source as code to be evaluated. */
const evaluated = `(0, eval)(${JSON.stringify(workerSource)});\n`;

/**
 * The script that every worker runs.
 *
 * Stacks call its frames by its `sourceURL`, so that they can be told from those of jobs. Bun and Deno do so for code that is
 * evaluated only.
 */
export const workerScript: string = isNode ? workerSource : evaluated;

/**
 * The script for threads: evaluated, where that is allowed.
 *
 * Node parses the script that a thread begins with twice, to see whether it is a module.
 */
export const threadScript: string = mayEvaluate() ? evaluated : workerScript;

/** Whether code may be made of strings here, and so in the threads: `--disallow-code-generation-from-strings` forbids it. */
function mayEvaluate(): boolean {
  try {
    // oxlint-disable-next-line typescript/no-implied-eval -- to see whether it is allowed
    new Function();
    return true;
  } catch {
    return false;
  }
}
