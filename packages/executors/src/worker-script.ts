import { workerSource } from "./worker-source.generated.ts";

const isNode = !("bun" in process.versions || "deno" in process.versions);

/**
 * The script that every worker runs.
 *
 * Stacks call its frames by its `sourceURL`, so that they can be told from those of jobs. Bun and Deno do so for code that is
 * evaluated only.
 */
export const workerScript: string = isNode ? workerSource : `(0, eval)(${JSON.stringify(workerSource)});\n`;
