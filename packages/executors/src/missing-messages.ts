import type { Job } from "./job.ts";

/** A message that could not be read, and the job whose it was, if that is known already. */
interface Missing {
  readonly error: unknown;
  readonly job: Job | null;
}

/** Whose a message was. */
export interface Loss {
  /** Jobs that have ended, and whose replies do not come any more. */
  readonly lost: readonly Job[];
  /** One that runs, of which something was missed that it had to tell. */
  readonly talking: Job | null;
  readonly error: unknown;
}

/**
 * What could not be read of all that a worker has sent, until it is known whose it was.
 *
 * It was the reply of a job, or what one that runs has to tell. If only one job can have sent it, it is that one's. In any
 * case the worker is asked to say behind all else how many jobs it has ended: the replies that have not come by then are lost.
 */
export class MissingMessages {
  readonly #missing: Missing[] = [];

  /** A message cannot be read, of one of the jobs that have begun. Answers the job whose it was, if it can be that one's only. */
  note(begun: readonly Job[], error: unknown): Job | null {
    const isSure = begun.length === 1 && this.#missing.length === 0;
    const job = isSure ? (begun[0] as Job) : null;
    this.#missing.push({ error, job });
    return job;
  }

  /** All that had been sent before has come, `ended` jobs had ended, and these have not been heard of. */
  find(jobs: readonly Job[], ended: number): Loss {
    const { error, job } = this.#missing.shift() ?? { error: undefined, job: null };
    const lost = jobs.filter(({ order }) => order < ended);
    const talking = jobs.find(({ order, isTalking }) => order === ended && isTalking) ?? null;
    return { error, lost, talking: job === null && lost.length === 0 ? talking : null };
  }
}
