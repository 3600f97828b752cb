import { toRecord } from "../error-record.ts";
import type { JobName } from "../job-name.ts";
import type { ToPool } from "../protocol.ts";
import { resolveJob } from "../resolve-job.ts";
import { watchMemory } from "./watch-memory.ts";
import type { WorkerLink } from "./worker-link.ts";

/** How the workers of a pool begin. */
export interface Initialization {
  readonly initializer: JobName | null;
  readonly initargs: readonly unknown[];
  /** In bytes; the pool replaces the worker once it uses more. */
  readonly maxMemory: number;
}

/** What each worker is started with. */
export interface FirstWords extends Initialization {
  /** A function that it will be asked for. */
  readonly awaited: JobName | null;
}

/**
 * Run the initializer, and load what the first job needs while that is on its way; then `begin`.
 *
 * Where the initializer fails, the pool is told, and the worker ends.
 */
export async function prepare(
  { initializer, initargs, maxMemory, awaited }: FirstWords,
  link: Pick<WorkerLink, "post">,
  begin: () => void,
): Promise<void> {
  const post = (message: ToPool): void => link.post(message, []);
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
  if (awaited !== null) await preload(awaited);
  begin();
}

/** If that fails, the job will tell. */
async function preload(name: JobName): Promise<void> {
  try {
    await resolveJob(name);
  } catch {}
}
