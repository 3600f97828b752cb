import type { Job } from "./job.ts";
import type { JobExtras } from "./protocol.ts";
import { canBeCloned } from "./sendable.ts";
import { takeTransfers } from "./transfer.ts";

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
    if (job.transfers === null && (settings !== null || args.some(isObject))) job.transfers = transfersOf(job);
    if (job.transfers !== null) this.transfers.push(...job.transfers);
  }
}

function transfersOf({ args, settings }: Job): readonly object[] | null {
  const marked = takeTransfers(args);
  const given = settings?.transfer ?? [];
  if (marked.length + given.length === 0) return null;
  return [...new Set([...marked, ...given])];
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function extrasOf({ settings }: Job): JobExtras | null {
  if (settings === null) return null;
  const { timeout, credit, isChunk, context } = settings;
  if (timeout === null && credit === null && !isChunk && context === null) return null;
  return {
    announce: timeout !== null,
    isChunk,
    ...(credit === null ? {} : { credit }),
    ...(context === null ? {} : { context }),
  };
}

/** The error of a job whose arguments cannot be sent: says which one it is. */
export function cannotSend(job: Job, cause: unknown): unknown {
  const why = cause instanceof Error ? cause.message : String(cause);
  const index = job.args.findIndex((arg) => !canBeCloned(arg));
  const what = index < 0 ? "The arguments of a job" : `Argument ${index} of a job`;
  return new DOMException(`${what} cannot be sent to a worker: ${why}`, "DataCloneError");
}
