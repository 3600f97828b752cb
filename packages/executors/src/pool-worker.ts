import { type ThrownRecord, toRecord } from "./error-record.ts";
import { revised } from "./expectation.ts";
import type { Job, JobFunction } from "./job.ts";
import { cannotSend, JobBatch } from "./job-batch.ts";
import { JobSlots } from "./job-slots.ts";
import { MissingMessages } from "./missing-messages.ts";
import { ERROR, ITEM, PROGRESS, SKIPPED, STARTED, type ToPool, type ToWorker, VALUE } from "./protocol.ts";
import type { WorkerKeeper, WorkerState } from "./worker-keeper.ts";
import type { StartWorker, WorkerLink } from "./worker-link.ts";
import { WorkerLoad } from "./worker-load.ts";

/** One that has jobs and has said nothing for so long is stuck in a long job, in milliseconds. */
const patience = 0.5;

/** One worker of a pool, and the jobs that were sent to it. */
export class PoolWorker {
  readonly number: number;
  state: WorkerState = "starting";
  readonly startedAt: number = performance.now();
  /** When it has last replied, or was started, on the clock of `performance.now()`. */
  lastHeard: number = this.startedAt;
  /** Since when it has jobs and has said nothing, on the same clock. */
  quietSince: number = this.startedAt;
  /** How many jobs it has ended. */
  answered = 0;
  /** Whether the pool itself has killed it. */
  wasKilled = false;
  readonly load: WorkerLoad;
  onDeath: (() => void) | null = null;
  /** The last uncaught exception that it reported. */
  lastWords: ThrownRecord | null = null;
  readonly #keeper: WorkerKeeper;
  readonly #link: WorkerLink;
  readonly #slots: JobSlots;
  /** So many more jobs it may be given in its life. */
  #jobsLeft: number;
  readonly #known: boolean[] = [];
  #sent = 0;
  #posts = 0;
  /** How many jobs, from the first unanswered one on, may have begun without a further word. */
  #claimed = 0;
  #killable: Job | null = null;
  /** From this message on, nothing has reached it. */
  #unsentFrom = Number.POSITIVE_INFINITY;
  readonly #missing = new MissingMessages();

  constructor(keeper: WorkerKeeper, start: StartWorker, number: number, maxTasks: number) {
    this.#keeper = keeper;
    this.number = number;
    this.#jobsLeft = maxTasks;
    this.#link = start(
      {
        onMessage: (message) => this.#receive(message),
        onUnreadable: (error) => this.#missReplies(error),
        onUnsent: (post) => {
          this.#unsentFrom = Math.min(this.#unsentFrom, post);
        },
        onExit: (exit) => keeper.workerEnded(this, exit),
      },
      number,
    );
    this.#slots = new JobSlots(this.#link.words);
    this.load = new WorkerLoad(this.isShared ? "thread" : "process");
  }

  /** How many jobs it has, that were not revoked. */
  get outstanding(): number {
    return this.load.count;
  }

  /** Whether memory is shared with it, so that jobs can be taken back. */
  get isShared(): boolean {
    return this.#slots.areShared;
  }

  get isExhausted(): boolean {
    return this.#jobsLeft <= 0;
  }

  /** Whether it can be sent another job at all. */
  get hasRoom(): boolean {
    return this.#slots.hasRoom(0);
  }

  get isIdle(): boolean {
    return this.#slots.taken === 0;
  }

  /** Whether nothing is left for it to do: one that starts need not have said that it skips what was revoked. */
  get isDone(): boolean {
    return this.isIdle || (this.state === "starting" && this.outstanding === 0);
  }

  /** Whether it gets jobs, now or as soon as it is ready: then the first that is ready gets them, whoever was started first. */
  get isOpen(): boolean {
    return (this.state === "ready" || this.state === "starting") && this.#jobsLeft > 0;
  }

  /** Whether it is busy with a job that is longer than the window. */
  isStuck(now: number): boolean {
    if (this.outstanding === 0) return false;
    // A process that works through what it was sent is only busy: who else takes its share as well, cannot give it back.
    const expected = this.isShared ? 0 : this.load.time / this.load.count;
    return now - this.quietSince >= patience + expected;
  }

  get isReady(): boolean {
    return this.state === "ready" && this.#jobsLeft > 0;
  }

  /**
   * Whether it may have `job` now, behind `more` others, where all before it take `time`.
   *
   * A job that may have to be killed has a process for itself, and so has one that is long, or of which nothing is known:
   * what was sent to a process cannot be taken back. Nor can memory that was moved to a thread: so that it waits behind no
   * job with which the thread might die.
   */
  accepts(job: Job, more = 0, time: number = this.load.time): boolean {
    if (!this.isReady || this.#jobsLeft <= more || !this.#slots.hasRoom(more)) return false;
    const before = this.outstanding + more;
    if (before === 0) return this.isIdle || this.isShared;
    if (!this.load.fits(before, time + job.function.expected)) return false;
    return this.isShared ? job.transfers === null : this.#killable === null && !job.isKillable;
  }

  /** Send jobs; those that cannot be sent fail, once all others are on their way. */
  send(jobs: readonly Job[]): void {
    for (const { job, error } of this.#trySend(jobs)) {
      job.fail(cannotSend(job, this.isShared ? "thread" : "process", error));
    }
  }

  /** Answers those that cannot be sent. */
  #trySend(jobs: readonly Job[]): { readonly job: Job; readonly error: unknown }[] {
    const batch = this.#write(jobs);
    try {
      this.#post(batch.message, batch.transfers);
      return [];
    } catch (error) {
      this.#unsend(batch);
      const [job] = jobs;
      if (jobs.length === 1 && job !== undefined) return [{ job, error }];
      return jobs.flatMap((each) => this.#trySend([each]));
    }
  }

  /** Whether a job that it has, has begun. */
  isRunning(job: Job): boolean {
    return this.isShared ? this.#slots.isRunning(job) : job.order < this.answered + this.#claimed;
  }

  /** Take back a job that has not begun; `false` if it has, or if there is no way to tell. */
  revoke(job: Job): boolean {
    if (!this.#slots.revoke(job)) return false;
    this.#jobsLeft++;
    this.#forget(job);
    return true;
  }

  /** Take back at most `count` of the jobs that would begin last; in their order. */
  takeBack(count: number): Job[] {
    const back: Job[] = [];
    for (const job of this.jobsInOrder().reverse()) {
      if (back.length >= count) break;
      if (this.#canMove(job) && this.revoke(job)) back.push(job);
    }
    return back.reverse();
  }

  /** The jobs that it has, in the order in which they begin. */
  jobsInOrder(): Job[] {
    return this.#slots.inOrder();
  }

  askToStop(job: Job, reason: unknown): void {
    // A word that says so is seen at once, and then the message has to be there.
    this.tell({ kind: "stopJob", slot: job.slot, id: job.id, reason: toRecord(reason) });
    this.#link.stop(job.slot, job.id);
  }

  giveCredit(job: Job, credit: number): void {
    if (job.worker === this) this.tell({ kind: "credit", slot: job.slot, id: job.id, credit });
  }

  tell(message: ToWorker): void {
    if (this.state !== "dead") this.#post(message, []);
  }

  /** Give it no more jobs. */
  retire(): void {
    if (this.state === "starting" || this.state === "ready") this.state = "retiring";
  }

  /** It has no jobs: let it end by itself. */
  end(): void {
    this.state = "ending";
    this.tell({ kind: "end" });
  }

  kill(): void {
    this.#link.kill();
  }

  ref(): void {
    this.#link.ref();
  }

  /**
   * It is dead: what it was running is lost, also what it had ended without a word of it; all else can run elsewhere.
   */
  die(): { readonly lost: Job[]; readonly unstarted: Job[] } {
    this.state = "dead";
    const lost: Job[] = [];
    const unstarted: Job[] = [];
    for (const job of this.jobsInOrder()) {
      (this.#mayHaveBegun(job) || !this.#canMove(job) ? lost : unstarted).push(job);
      this.#forget(job);
    }
    this.#slots.clear();
    return { lost, unstarted };
  }

  #mayHaveBegun(job: Job): boolean {
    return this.isShared ? this.#slots.hasBegun(job) : this.isRunning(job) && job.post < this.#unsentFrom;
  }

  #write(jobs: readonly Job[]): JobBatch {
    const batch = new JobBatch();
    if (this.isIdle) {
      this.#link.ref();
      this.quietSince = performance.now();
    }
    const announced = new Set<JobFunction>();
    for (const job of jobs) {
      const f = job.function;
      this.#take(job);
      batch.add(job, this.#known[f.number] === true || announced.has(f));
      announced.add(f);
    }
    return batch;
  }

  #take(job: Job): void {
    this.#slots.take(job);
    job.worker = this;
    job.order = this.#sent++;
    job.post = this.#posts + 1;
    job.weight = this.load.add(job.function.expected);
    if (!this.isShared && job.isKillable) this.#killable = job;
    this.#jobsLeft--;
  }

  /** A batch did not go out: as if it had never been written. */
  #unsend(batch: JobBatch): void {
    for (const job of batch.jobs) {
      this.#drop(job);
      this.#jobsLeft++;
      this.#sent--;
    }
  }

  #post(message: unknown, transfer: readonly object[]): void {
    this.#link.post(message, transfer);
    this.#posts++;
  }

  /** Whether another worker can run a job that was sent to this one. */
  #canMove(job: Job): boolean {
    return !job.isPinned && (job.transfers === null || !this.isShared);
  }

  /** The job is not this worker's any more. */
  #forget(job: Job): void {
    this.load.remove(job.weight);
    if (this.#killable === job) this.#killable = null;
    job.worker = null;
    job.slot = -1;
  }

  /** The job is not this worker's any more, nor is its slot taken. */
  #drop(job: Job): void {
    const { slot } = job;
    this.#forget(job);
    this.#freeSlot(slot);
  }

  #freeSlot(slot: number): void {
    this.#slots.release(slot);
    this.#letGo();
  }

  /** A worker holds the program while it starts, while it ends, and while it has something to do. */
  #letGo(): void {
    if (this.isIdle && this.state !== "starting" && this.state !== "ending") this.#link.unref();
  }

  #receive(message: unknown): void {
    this.lastHeard = performance.now();
    this.quietSince = this.lastHeard;
    if (Array.isArray(message)) this.#takeReplies(message);
    else this.#takeNews(message as ToPool);
  }

  #takeReplies(replies: readonly unknown[]): void {
    const [elapsed, claimed] = replies as [number, number];
    let ended = 0;
    let last: JobFunction | null = null;
    if (claimed >= 0) this.#claimed = claimed;
    for (let i = 2; i < replies.length; i += 3) {
      const slot = replies[i] as number;
      const kind = replies[i + 1] as number;
      const job = this.#slots.get(slot);
      if (kind === VALUE || kind === ERROR) {
        ended++;
        this.answered++;
        if (job === null) continue;
        last = job.function;
        this.#drop(job);
        this.#keeper.jobEnded(job, kind === ERROR, replies[i + 2], this.lastHeard - elapsed);
      } else if (kind === SKIPPED) {
        this.answered++;
        this.#freeSlot(slot);
      } else if (job !== null) this.#hear(job, kind, replies[i + 2]);
    }
    if (last !== null) {
      last.expected = revised(last.expected, elapsed / ended);
      this.#known[last.number] = true; // not before: what was posted may turn out to be unreadable
    }
    this.#keeper.workerReplied(this, ended, elapsed);
  }

  #hear(job: Job, kind: number, value: unknown): void {
    if (kind === STARTED) this.#keeper.jobStarted(job);
    else if (kind === ITEM) job.settings?.onItem?.(value);
    else if (kind === PROGRESS) job.reportProgress(value);
  }

  #takeNews(news: ToPool): void {
    if (news.kind === "ready") {
      this.#claimed = 1;
      this.#keeper.workerReady(this);
      this.#letGo();
    } else if (news.kind === "initializerFailed") this.#keeper.workerFailedToStart(this, news.error);
    else if (news.kind === "memory") this.#keeper.workerIsTooBig(this);
    else if (news.kind === "unreadable") this.#sendAgain(news.batch, news.error);
    else if (news.kind === "synced") this.#loseReplies(news.ended);
    else if (news.kind === "uncaught") this.lastWords = news.error;
  }

  /** The worker cannot read what we have posted. One job of several is to blame: each is sent on its own. */
  #sendAgain(post: number, record: ThrownRecord): void {
    const jobs = this.jobsInOrder().filter((job) => job.post === post);
    const revoked = this.#slots.revokedOf(post);
    for (const job of jobs) this.#drop(job);
    for (const slot of revoked) this.#freeSlot(slot); // nobody will skip them
    this.#sent -= jobs.length + revoked.length; // the worker does not count them
    for (const job of this.jobsInOrder()) if (job.post > post) job.order -= jobs.length + revoked.length;
    const [first] = jobs;
    if (jobs.length === 1 && first !== undefined) this.#keeper.jobEnded(first, true, record, this.lastHeard);
    else for (const job of jobs) this.send([job]);
    this.#keeper.workerReplied(this, 0, 0);
  }

  #missReplies(error: unknown): void {
    const begun = this.jobsInOrder().filter((job) => this.#mayHaveBegun(job));
    const job = this.#missing.note(begun, error);
    this.tell({ kind: "sync" });
    if (job !== null) this.#giveUp(job, error);
  }

  #loseReplies(ended: number): void {
    const { lost, talking, error } = this.#missing.find(this.jobsInOrder(), ended);
    for (const job of lost) {
      this.answered++;
      this.#drop(job);
      job.leave();
    }
    for (const job of lost) job.fail(error);
    if (talking !== null) this.#giveUp(talking, error);
    this.#keeper.workerReplied(this, 0, 0);
  }

  /** Something that the job has sent was missed: it fails, and has to stop, in case it still runs. */
  #giveUp(job: Job, error: unknown): void {
    if (job.worker === this) this.askToStop(job, "what it sends cannot be read");
    job.fail(error);
  }
}
