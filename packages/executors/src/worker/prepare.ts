import { toRecord } from "../error-record.ts";
import type { JobName } from "../job-name.ts";
import type { ToPool } from "../protocol.ts";
import { resolveJob } from "../resolve-job.ts";
import { watchMemory } from "./watch-memory.ts";
import type { WorkerLink } from "./worker-link.ts";

/** How a worker begins. */
export interface Initialization {
  readonly initializer: JobName | null;
  readonly initargs: readonly unknown[];
  /** In bytes; the pool replaces the worker once it uses more. */
  readonly maxMemory: number;
}

/** Run the initializer, then `begin`. Where it fails, the pool is told, and the worker ends. */
export async function prepare(
  initialization: unknown,
  link: Pick<WorkerLink, "post">,
  begin: () => void,
): Promise<void> {
  const post = (message: ToPool): void => link.post(message, []);
  const { initializer, initargs, maxMemory } = initialization as Initialization;
  try {
    if (initializer !== null) {
      await (await resolveJob(initializer))(...initargs);
    }
  } catch (error) {
    post({ kind: "initializerFailed", error: toRecord(error) });
    return;
  }
  post({ kind: "ready" });
  if (maxMemory !== Number.POSITIVE_INFINITY) watchMemory(maxMemory, (used) => post({ kind: "memory", used }));
  begin();
}
