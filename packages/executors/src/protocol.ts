/**
 * What a pool and its workers say to each other. Both sides import this file, and it imports types only.
 *
 * To the worker, jobs travel in batches: one flat array, `slot, id, function, count, …arguments` for each job. Flat,
 * because an array in an array costs half as much again to clone. A function is sent by name once, as `[number, name]`,
 * and by its number from then on. A negative count, `-1 - count`, says that a `JobExtras` precedes the arguments.
 *
 * To the pool, replies travel in slices: `elapsed, claimed`, then `slot, kind, value` for each. `elapsed` is the time that
 * the jobs of the slice took together, in milliseconds; `claimed` says how many jobs begin without a further word.
 *
 * Whatever is not an array is a `ToWorker` or a `ToPool`.
 *
 * A slot is a place in the table of a worker. Where memory is shared, each has a word, which changes by compare-and-exchange:
 *
 *  word        set by   means                                            may become
 *  FREE        pool     no job                                           QUEUED
 *  QUEUED      pool     the worker has it and has not begun              RUNNING (worker), REVOKED (pool)
 *  RUNNING     worker   it has begun                                     STOPPING (pool), DONE (worker)
 *  STOPPING    pool     it has begun, and was asked to stop              DONE (worker)
 *  DONE        worker   it has ended; the reply is on its way            FREE
 *  REVOKED     pool     the worker must skip it                          FREE, when the worker says that it has
 *
 * So exactly one side decides what becomes of a job, and of a dead worker the pool knows what it had begun.
 *
 * Processes share no memory. There a file says which jobs have to stop, to those that let no message through; see `StopFile`.
 */

import type { ContextSnapshot } from "./context-snapshot.ts";
import type { ThrownRecord } from "./error-record.ts";

export const FREE = 0;
export const QUEUED = 1;
export const RUNNING = 2;
export const STOPPING = 3;
export const DONE = 4;
export const REVOKED = 5;

/** How many slots a worker has. */
export const slotCount = 512;

/** How many words there are: one for each slot, and a cache line. */
export const wordCount: number = slotCount + 16;

/** The word that counts the batches that were posted, behind the slots: a worker that is spinning looks at it. */
export const postedWord: number = wordCount - 16;

export const VALUE = 0;
export const ERROR = 1;
/** The job was revoked, and the slot is free again. */
export const SKIPPED = 2;
/** The job begins now; only for jobs that ask for it. */
export const STARTED = 3;
export const PROGRESS = 4;
/** An item of a generator job. */
export const ITEM = 5;

/** What only some jobs need to know. */
export interface JobExtras {
  readonly attempt?: number;
  /** Its worker may have to be ended because of it: what is to be sent has to be sent before it begins. */
  readonly isKillable?: boolean;
  /** Say when it begins. */
  readonly announce?: boolean;
  /** The one argument is an array: call the function with each of its items. */
  readonly isChunk?: boolean;
  /** The function makes a generator: send its items, this many before the pool asks for more. */
  readonly credit?: number;
  /** Values of context variables by name. */
  readonly context?: ContextSnapshot;
}

/** How a function is known to the worker: by number, and the first time by name as well. */
export type FunctionReference<Name> = number | readonly [number: number, name: Name];

/** What a pool tells a worker, jobs aside. */
export type ToWorker =
  | { readonly kind: "stopJob"; readonly slot: number; readonly id: number; readonly reason: ThrownRecord }
  | { readonly kind: "credit"; readonly slot: number; readonly id: number; readonly credit: number }
  /** Answer with `synced` behind all replies. */
  | { readonly kind: "sync" }
  | { readonly kind: "end" };

/** What a worker tells its pool, replies aside. */
export type ToPool =
  | { readonly kind: "ready" }
  | { readonly kind: "initializerFailed"; readonly error: ThrownRecord }
  | { readonly kind: "unreadable"; readonly batch: number; readonly error: ThrownRecord }
  /** `ended` jobs have ended, or were skipped, since the worker has started. */
  | { readonly kind: "synced"; readonly ended: number }
  /** An exception that nobody has caught: it will end the worker. */
  | { readonly kind: "uncaught"; readonly error: ThrownRecord }
  | { readonly kind: "memory"; readonly used: number };
