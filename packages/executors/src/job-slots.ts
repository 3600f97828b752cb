import type { Job } from "./job.ts";
import { FREE, QUEUED, REVOKED, RUNNING, STOPPING, slotCount } from "./protocol.ts";

/**
 * The jobs that a worker has, each at its slot; where memory is shared, each slot has a word.
 *
 * `protocol.ts` has the table of what a word may become. A slot stays taken until the worker has said that it is done with
 * it, also if its job was revoked.
 */
export class JobSlots {
  readonly #words: Int32Array | null;
  readonly #jobs: (Job | null)[] = [];
  readonly #free: number[] = [];
  /** The messages, by slot, with which those jobs were posted that were revoked and have not been skipped yet. */
  readonly #revoked = new Map<number, number>();
  /** How many slots are taken. */
  taken = 0;

  constructor(words: Int32Array | null) {
    this.#words = words;
  }

  /** Whether there are words. */
  get areShared(): boolean {
    return this.#words !== null;
  }

  /** Whether there is room behind so many more. */
  hasRoom(more: number): boolean {
    return this.taken + more < slotCount;
  }

  /** The job at a slot; `null` if there is none, or if it was revoked. */
  get(slot: number): Job | null {
    return this.#jobs[slot] ?? null;
  }

  /** All jobs, in the order in which they begin. */
  inOrder(): Job[] {
    return this.#jobs.filter((job) => job !== null).sort((a, b) => a.order - b.order);
  }

  /** Give a job a slot. */
  take(job: Job): void {
    const slot = this.#free.pop() ?? this.#jobs.length;
    this.#jobs[slot] = job;
    job.slot = slot;
    if (this.#words !== null) Atomics.store(this.#words, slot, QUEUED);
    this.taken++;
  }

  /** The worker has done with a slot. */
  release(slot: number): void {
    this.#jobs[slot] = null;
    if (this.#words !== null) Atomics.store(this.#words, slot, FREE);
    if (this.#revoked.size > 0) this.#revoked.delete(slot);
    this.#free.push(slot);
    this.taken--;
  }

  /** The worker is dead. */
  clear(): void {
    this.#jobs.length = 0;
    this.taken = 0;
  }

  /** Keep a job from beginning; `false` if it has begun, or if there is no way to tell. */
  revoke(job: Job): boolean {
    if (this.#words === null) return false;
    if (Atomics.compareExchange(this.#words, job.slot, QUEUED, REVOKED) !== QUEUED) return false;
    this.#jobs[job.slot] = null;
    this.#revoked.set(job.slot, job.post);
    return true;
  }

  /** The slots of revoked jobs that were posted with this message. */
  revokedOf(post: number): number[] {
    return [...this.#revoked].filter(([, of]) => of === post).map(([slot]) => slot);
  }

  // What the words say; only where there are any.

  hasBegun(job: Job): boolean {
    return this.#read(job) !== QUEUED;
  }

  isRunning(job: Job): boolean {
    const word = this.#read(job);
    return word === RUNNING || word === STOPPING;
  }

  #read(job: Job): number {
    return this.#words === null ? FREE : Atomics.load(this.#words, job.slot);
  }
}
