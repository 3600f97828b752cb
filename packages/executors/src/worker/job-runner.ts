import { CancelledError } from "@asyncio-ts/tasks";
import { fromRecord, toRecord } from "../error-record.ts";
import { revised } from "../expectation.ts";
import { type CurrentJobHolder, currentJobKey } from "../job-context.ts";
import type { JobName } from "../job-name.ts";
import {
  DONE,
  ERROR,
  type FunctionReference,
  type JobExtras,
  PROGRESS,
  QUEUED,
  RUNNING,
  SKIPPED,
  STARTED,
  STOPPING,
  type ToPool,
  type ToWorker,
  VALUE,
} from "../protocol.ts";
import { now } from "./clock.ts";
import { CurrentJob, type JobLine } from "./current-job.ts";
import { callForEach, FunctionTable, isThenable, type KnownFunction, load } from "./function-table.ts";
import { ItemSender } from "./item-sender.ts";
import { ReplySlice } from "./reply-slice.ts";
import { runInSnapshot } from "./run-in-snapshot.ts";
import type { StopMarks } from "./stop-marks.ts";
import type { WorkerLink } from "./worker-link.ts";

/** Results of jobs that are shorter than this in sum travel together, in milliseconds. */
const sliceTime = 0.2;

/** No more results than this travel together, … */
const sliceLength = 64;

/** … and no more than this part of the calls that were short, so that few wait behind one that is long unexpectedly. */
const sliceShare = 1 / 256;

/** A call that takes longer than this is long, in milliseconds. */
const longCall = 10;

/** After this time the event loop of the worker gets its turn, in milliseconds. */
const turnLimit = 3;

/** What is known of the jobs that have to stop is no older when one begins, in milliseconds, … */
const ageAtStart = 3;

/** … and when one asks. */
const ageWhenAsked = 1;

/**
 * Runs the jobs that arrive, one after another.
 *
 * Results are sent at once while jobs are long or unknown, and in slices while they are known to be tiny: a slice holds
 * results of one function only, because that is what is known of its length. The event loop of the worker turns every few
 * milliseconds, however many jobs there are.
 */
export class JobRunner implements JobLine {
  readonly #link: WorkerLink;
  readonly #words: Int32Array | null;
  readonly #stops: StopMarks | null;
  readonly #replies: ReplySlice;
  readonly #functions = new FunctionTable();
  readonly #items: ItemSender;
  readonly #job: CurrentJob;
  /** Waits a while for more, instead of sleeping at once; answers whether something has come. */
  readonly #linger: () => boolean;
  #batches: unknown[][] = [];
  #batch: unknown[] = [];
  #at = 0;
  /** Whether a job goes on, or a macrotask was asked for that will go on with the next one. */
  #isAway = false;
  #turnStart = 0;
  #sliceStart = 0;
  #sliceOf: KnownFunction | null = null;
  #sliceCount = 0;
  /** How many jobs the pool was told will begin without a further word. */
  #claimed = 1;
  /** Counts the jobs, so that a late callback is not taken for one of the job that runs. */
  #serial = 0;

  constructor(link: WorkerLink, linger: () => boolean) {
    this.#link = link;
    this.#words = link.words;
    this.#stops = link.stops;
    this.#linger = linger;
    this.#replies = new ReplySlice(link);
    this.#job = new CurrentJob(this);
    this.#items = new ItemSender(this.#replies, () => this.#job.isAsked);
    (globalThis as CurrentJobHolder)[currentJobKey] = this.#job.context;
  }

  /** A message was delivered by the event loop. */
  receive(message: unknown): void {
    this.take(message);
    if (this.#isAway) return;
    this.#turnStart = now();
    this.#go();
  }

  /** Note a message, without acting on the jobs in it. */
  take(message: unknown): void {
    if (Array.isArray(message)) this.#batches.push(message);
    else this.#obey(message as ToWorker);
  }

  /** The worker is about to end: send the results that wait, and say how many more jobs have begun. */
  flush(): void {
    this.#replies.send(0, this.#replies.unsent + (this.#job.slot < 0 ? 0 : 1));
  }

  isMarked(slot: number, id: number): boolean {
    if (this.#words !== null) return Atomics.load(this.#words, slot) === STOPPING;
    return this.#stops?.has(slot, id, ageWhenAsked) ?? false;
  }

  /** Note what has come meanwhile: while a job runs, the event loop may not turn. */
  catchUp(): void {
    for (let message = this.#link.poll(); message !== undefined; message = this.#link.poll()) this.take(message);
  }

  report(slot: number, progress: unknown): void {
    this.#replies.sendNow(slot, PROGRESS, progress);
  }

  #obey(message: ToWorker): void {
    if (message.kind === "stopJob") {
      this.#stops?.add(message.slot, message.id);
      this.#job.askToStop(message.slot, message.id, fromRecord(message.reason));
      if (message.slot === this.#job.slot && message.id === this.#job.id) this.#items.stop();
    } else if (message.kind === "credit") this.#items.addCredit(message.slot, message.id, message.credit);
    else if (message.kind === "sync") {
      if (!this.#replies.isEmpty) this.#replies.send(0, -1);
      this.#link.post({ kind: "synced", ended: this.#replies.ended } satisfies ToPool, []);
    } else if (message.kind === "end") process.exit();
  }

  #go(): void {
    this.#sliceStart = now();
    this.#goOn();
  }

  #goOn(): void {
    for (;;) {
      while (this.#hasNext()) {
        if (!this.#runNext()) return;
        if (this.#isSliceOver() && this.#endSlice()) return;
      }
      if (this.#endSlice() || !this.#receiveMore()) return;
      this.#sliceStart = now();
    }
  }

  #hasNext(): boolean {
    if (this.#at < this.#batch.length) return true;
    const next = this.#batches.shift();
    if (next === undefined) return false;
    this.#batch = next;
    this.#at = 0;
    return next.length > 0;
  }

  /** Whether something has come, that the event loop did not deliver. */
  #receiveMore(): boolean {
    const message = this.#link.poll();
    if (message !== undefined) {
      this.take(message);
      return true;
    }
    return this.#linger();
  }

  /** Take the next job from its batch, and run it. Answers `false` if it goes on. */
  #runNext(): boolean {
    const batch = this.#batch;
    let at = this.#at;
    const slot = batch[at] as number;
    const id = batch[at + 1] as number;
    const known = this.#functions.get(batch[at + 2] as FunctionReference<JobName>);
    let count = batch[at + 3] as number;
    at += 4;
    let extras: JobExtras | null = null;
    if (count < 0) {
      extras = batch[at++] as JobExtras;
      count = -1 - count;
    }
    const args = batch.slice(at, at + count);
    this.#at = at + count;
    if (this.#words !== null && Atomics.compareExchange(this.#words, slot, QUEUED, RUNNING) !== QUEUED) {
      this.#replies.add(slot, SKIPPED, undefined);
      return true;
    }
    this.#sliceOf = known;
    this.#sliceCount++;
    this.#serial++;
    if (this.#stops?.has(slot, id, ageAtStart) === true) {
      this.#replies.add(slot, ERROR, toRecord(new CancelledError()));
      return true;
    }
    this.#job.begin(slot, id, extras);
    if (extras?.announce === true) this.#replies.sendNow(slot, STARTED, undefined);
    return this.#run(known, args, extras);
  }

  #run(known: KnownFunction, args: unknown[], extras: JobExtras | null): boolean {
    const { call } = known;
    try {
      if (call === null) return this.#goAway(this.#loadAndRun(known, args, extras));
      const result = extras === null ? call(...args) : this.#callWith(extras, call, args);
      // Not all that can be awaited keeps the rules of a promise: to call back once, and not before it is left alone.
      if (isThenable(result)) return this.#goAway(Promise.resolve(result));
      this.#reply(VALUE, result);
    } catch (error) {
      this.#reply(ERROR, toRecord(error));
    }
    return true;
  }

  #callWith(extras: JobExtras, call: NonNullable<KnownFunction["call"]>, args: unknown[]): unknown {
    const { context } = extras;
    if (context === undefined) return this.#callAs(extras, call, args);
    return runInSnapshot(context, () => this.#callAs(extras, call, args));
  }

  #callAs(extras: JobExtras, call: NonNullable<KnownFunction["call"]>, args: unknown[]): unknown {
    if (extras.isChunk === true) return callForEach(call, args[0] as unknown[]);
    if (extras.credit !== undefined) {
      return this.#items.sendAll(this.#job.slot, this.#job.id, call(...args), extras.credit);
    }
    return call(...args);
  }

  async #loadAndRun(known: KnownFunction, args: unknown[], extras: JobExtras | null): Promise<unknown> {
    const call = await load(known);
    this.#sliceStart = now(); // loading is not running
    return extras === null ? call(...args) : this.#callWith(extras, call, args);
  }

  /** The job goes on without us: `promise` brings us back. Answers `false`. */
  #goAway(promise: Promise<unknown>): false {
    this.#isAway = true;
    const serial = this.#serial;
    const comeBack = (kind: typeof VALUE | typeof ERROR, value: unknown): void => {
      this.#isAway = false;
      this.#reply(kind, value);
      if (this.#isSliceOver() && this.#endSlice()) return;
      this.#goOn();
    };
    promise.then(
      (value) => comeBack(VALUE, value),
      (error) => comeBack(ERROR, toRecord(error)),
    );
    // What waits to be sent may wait for one that needs no more than microtasks, but for no other.
    if (!this.#replies.isEmpty) queueMicrotask(() => process.nextTick(() => this.#sendBehind(serial)));
    return false;
  }

  #sendBehind(serial: number): void {
    if (serial === this.#serial && this.#isAway && !this.#replies.isEmpty) this.#replies.send(0, -1);
  }

  #reply(kind: typeof VALUE | typeof ERROR, value: unknown): void {
    const { slot } = this.#job;
    this.#job.end();
    if (this.#words !== null) Atomics.store(this.#words, slot, DONE);
    this.#replies.add(slot, kind, value);
  }

  /** A slice is one function's, and no longer than the pool was told, or than results should wait. */
  #isSliceOver(): boolean {
    const of = this.#sliceOf;
    if (of === null || this.#sliceCount >= this.#claimed) return true;
    const isInBatch = this.#at < this.#batch.length;
    const batch = isInBatch ? this.#batch : this.#batches[0];
    if (batch === undefined) return false;
    const at = isInBatch ? this.#at : 0;
    const reference = batch[at + 2];
    if (typeof reference !== "number" || this.#functions.get(reference) !== of) return true;
    // With a job that may be killed no result of another one is to be lost.
    return (batch[at + 3] as number) < 0 && (batch[at + 4] as JobExtras).isKillable === true;
  }

  /** Send the results. Answers whether the event loop has its turn now, and we go on later. */
  #endSlice(): boolean {
    const time = now();
    const elapsed = time - this.#sliceStart;
    this.#sliceStart = time;
    this.#learn(elapsed);
    this.#sliceCount = 0;
    if (!this.#replies.isEmpty) this.#replies.send(elapsed, this.#claimed);
    if (time - this.#turnStart < turnLimit) return false;
    this.#isAway = true;
    setImmediate(() => {
      this.#isAway = false;
      this.#turnStart = now();
      this.#go();
    });
    return true;
  }

  #learn(elapsed: number): void {
    const of = this.#sliceOf;
    if (of === null || this.#sliceCount === 0) return;
    of.expected = revised(of.expected, elapsed / this.#sliceCount);
    of.shortCalls = elapsed > longCall ? 0 : of.shortCalls + this.#sliceCount;
    const length = Math.min(sliceTime / of.expected, of.shortCalls * sliceShare, sliceLength);
    this.#claimed = Math.max(Math.floor(length), 1);
  }
}
