import { CancelledError } from "@asyncio-ts/tasks";
import type { JobContext } from "../job-context.ts";
import type { JobExtras } from "../protocol.ts";

/** What the job that runs needs of its runner. */
export interface JobLine {
  /** Whether the job is marked in shared memory as one that has to stop. */
  isMarked(slot: number, id: number): boolean;
  report(slot: number, progress: unknown): void;
  /** Look whether a message has come. */
  catchUp(): void;
}

/**
 * The job that a worker is running.
 *
 * A context is made only for a job that asks for it, since most never do.
 */
export class CurrentJob {
  readonly #line: JobLine;
  slot = -1;
  id = 0;
  extras: JobExtras | null = null;
  #context: RunningJob | null = null;
  #stop: { readonly reason: unknown } | null = null;

  constructor(line: JobLine) {
    this.#line = line;
  }

  begin(slot: number, id: number, extras: JobExtras | null): void {
    this.slot = slot;
    this.id = id;
    this.extras = extras;
  }

  end(): void {
    this.#context?.end();
    this.slot = -1;
    this.#context = null;
    this.#stop = null;
  }

  /** The pool asks the job to stop. */
  askToStop(slot: number, id: number, reason: unknown): void {
    if (slot !== this.slot || id !== this.id) return;
    this.#stop = { reason };
    this.#context?.stop(reason);
  }

  readonly context = (): JobContext | null => {
    if (this.slot < 0) return null;
    this.#context ??= new RunningJob(this.#line, this.slot, this.id, this.extras?.attempt ?? 1);
    if (this.#stop !== null) this.#context.stop(this.#stop.reason);
    return this.#context;
  };

  /** Whether the job was asked to stop by a message. */
  get isAsked(): boolean {
    return this.#stop !== null;
  }
}

class RunningJob implements JobContext {
  readonly jobId: number;
  readonly attempt: number;
  readonly #line: JobLine;
  readonly #slot: number;
  #stop: { readonly reason: CancelledError } | null = null;
  #controller: AbortController | null = null;
  #isOver = false;

  constructor(line: JobLine, slot: number, id: number, attempt: number) {
    this.#line = line;
    this.#slot = slot;
    this.jobId = id;
    this.attempt = attempt;
  }

  get cancelled(): boolean {
    return this.#stop !== null || (!this.#isOver && this.#line.isMarked(this.#slot, this.jobId));
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.cancelled && this.#stop === null) this.#line.catchUp(); // the reason may be there
    if (this.cancelled) this.stop(undefined);
    if (this.#stop !== null) this.#controller.abort(this.#stop.reason);
    return this.#controller.signal;
  }

  report(progress: unknown): void {
    if (!this.#isOver) this.#line.report(this.#slot, progress);
  }

  throwIfCancelled(): void {
    if (this.cancelled) throw this.signal.reason;
  }

  stop(reason: unknown): void {
    this.#stop ??= { reason: new CancelledError(reason) };
    this.#controller?.abort(this.#stop.reason);
  }

  end(): void {
    this.#isOver = true;
  }
}
