import type { Job } from "./job.ts";
import type { JobSlots } from "./job-slots.ts";

/** One message that is missing, and whose it may have been. */
interface Missing {
  readonly done: readonly Job[];
  readonly talking: Job | null;
  readonly error: unknown;
}

/** Whose a message was. */
export interface Loss {
  /** Jobs that are done, and whose replies do not come any more. */
  readonly lost: readonly Job[];
  /** One that runs, of which something was missed that it had to tell. */
  readonly talking: Job | null;
  readonly error: unknown;
}

/**
 * What could not be read of all that a thread has sent, until it is known whose it was.
 *
 * It was the reply of a job that is done, or what one that runs has to tell. Where both are possible, the thread is asked to
 * say a word behind all else: the reply that has not come by then is the one.
 */
export class MissingMessages {
  readonly #slots: JobSlots;
  readonly #missing: Missing[] = [];

  constructor(slots: JobSlots) {
    this.#slots = slots;
  }

  /** A message cannot be read. Answers the job whose it was, if it can be that one's only. */
  note(error: unknown): Job | null {
    const jobs = this.#slots.inOrder();
    const done = jobs.filter((job) => this.#slots.isDone(job));
    const talking = jobs.find((job) => job.isTalking && this.#slots.isRunning(job)) ?? null;
    if (done.length === 0 && talking !== null) return talking;
    this.#missing.push({ done, talking, error });
    return null;
  }

  /** All that had been sent before has come. */
  find(): Loss {
    const { done, talking, error } = this.#missing.shift() ?? { done: [], talking: null, error: undefined };
    const lost = done.filter((job) => this.#slots.get(job.slot) === job);
    return { lost, talking: lost.length === 0 ? talking : null, error };
  }
}
