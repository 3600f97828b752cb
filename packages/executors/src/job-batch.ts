import type { Job } from "./job.ts";
import type { JobExtras } from "./protocol.ts";
import { canBeCloned, firstLineOf } from "./sendable.ts";

/** Jobs on their way to a worker, written one after another into one flat array. */
export class JobBatch {
  readonly jobs: Job[] = [];
  readonly message: unknown[] = [];
  transfers: object[] = [];

  /** @param isKnown - Whether the worker knows the function by its number. */
  add(job: Job, isKnown: boolean): void {
    const { message } = this;
    const { args, settings, function: f } = job;
    this.jobs.push(job);
    message.push(job.slot, job.id, isKnown ? f.number : [f.number, f.name]);
    const extras = settings === null ? null : extrasOf(job);
    if (extras === null) message.push(args.length);
    else message.push(-1 - args.length, extras);
    for (const arg of args) message.push(arg);
    if (job.transfers !== null) this.transfers.push(...job.transfers);
  }
}

function extrasOf({ settings, attempt, isKillable }: Job): JobExtras | null {
  if (settings === null) return null;
  const { timeout, credit, isChunk, context } = settings;
  if (!isKillable && credit === null && !isChunk && attempt === 1) return context === null ? null : { context };
  return {
    attempt,
    isKillable,
    announce: timeout !== null,
    isChunk,
    ...(credit === null ? {} : { credit }),
    ...(context === null ? {} : { context }),
  };
}

/** The error of a job whose arguments cannot be sent `to` where it was to run: says which one it is. */
export function cannotSend(job: Job, to: "thread" | "process", cause: unknown): unknown {
  const { args, transfers } = job;
  const isMoved = (arg: unknown): boolean => transfers?.includes(arg as object) ?? false;
  const canBeSent = to === "process" ? canBeCloned : (arg: unknown): boolean => isMoved(arg) || canBePosted(arg);
  const index = args.findIndex((arg) => !canBeSent(arg));
  const what = index < 0 ? "The arguments of a job" : `Argument ${index} of a job`;
  return new DOMException(`${what} cannot be sent to a worker: ${firstLineOf(cause)}`, "DataCloneError");
}

/** Whether a thread can be sent `value`; it can be more than a process can: what is shared. */
function canBePosted(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
