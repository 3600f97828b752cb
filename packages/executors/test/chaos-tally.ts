import { readFileSync } from "node:fs";
import { CancelledError } from "@asyncio-ts/tasks";
import { WorkerDied } from "../src/errors.ts";

/** What a job of chaos gives. */
export interface Outcome {
  readonly index: number;
  readonly pid: number;
}

/** What a run of chaos has come to. */
export interface ChaosResult {
  jobs: number;
  /** Workers that have begun, and have not ended as they were told to. */
  kills: number;
  /** Jobs that have given their result. */
  succeeded: number;
  /** Jobs that died with their worker. */
  died: number;
  /** Jobs that were cancelled, or that nobody waited for any more. */
  aborted: number;
  /** Jobs whose argument could not be sent. */
  refused: number;
  /** Jobs of which nothing was heard any more. */
  unsettled: number;
  /** Results that another job has given, and items of streams out of their order. */
  misdelivered: number;
  /** Jobs that ran more often than they may; with a result, but did not run; that ran though `cancel()` said they will not. */
  runWrongly: number;
  /** What failed otherwise. */
  unexpected: string[];
}

/** Counts what becomes of jobs. */
export class Tally {
  readonly result: ChaosResult = {
    jobs: 0,
    kills: 0,
    succeeded: 0,
    died: 0,
    aborted: 0,
    refused: 0,
    unsettled: 0,
    misdelivered: 0,
    runWrongly: 0,
    unexpected: [],
  };
  /** How often each job may run, at least and at most. */
  readonly #mayRun: { atLeast: number; atMost: number }[] = [];

  /** The index of a new job. */
  begin(attempts = 1): number {
    this.#mayRun.push({ atLeast: 0, atMost: attempts });
    return this.result.jobs++;
  }

  succeed(index: number, outcome: Outcome): void {
    this.result.succeeded++;
    this.#limits(index).atLeast = 1;
    if (outcome.index !== index) this.result.misdelivered++;
  }

  fail(index: number, error: unknown): void {
    if (error instanceof CancelledError) this.result.aborted++;
    else if (error instanceof WorkerDied) this.result.died++;
    else if (error instanceof DOMException && error.name === "DataCloneError") this.result.refused++;
    else this.surprise(index, `has failed with ${error}`);
  }

  /** Nobody waits for it any more. */
  abandon(): void {
    this.result.aborted++;
  }

  /** `cancel()` has said that it will not run; one that may be run again may have begun before. */
  revoke(index: number): void {
    const limits = this.#limits(index);
    limits.atMost = Math.max(limits.atMost - 1, 0);
  }

  misdeliver(): void {
    this.result.misdelivered++;
  }

  lose(index: number): void {
    this.result.unsettled++;
    this.surprise(index, "is not settled");
  }

  surprise(index: number, what: string): void {
    this.result.unexpected.push(`Job ${index} ${what}`);
  }

  /** Read from the notes of the workers how often each job was run, and how many of them were killed. */
  readNotes(log: string): void {
    const runs = new Uint32Array(this.result.jobs);
    for (const note of readFileSync(log, "utf8").split("\n")) {
      if (note === "+") this.result.kills++;
      else if (note === "-") this.result.kills--;
      else if (note !== "") (runs[Number(note)] as number) += 1;
    }
    for (const [index, { atLeast, atMost }] of this.#mayRun.entries()) {
      const count = runs[index] as number;
      if (count >= atLeast && count <= atMost) continue;
      this.result.runWrongly++;
      this.surprise(index, `ran ${count} times, and not ${atLeast} to ${atMost} times`);
    }
  }

  #limits(index: number): { atLeast: number; atMost: number } {
    return this.#mayRun[index] as { atLeast: number; atMost: number };
  }
}
