import type { Seconds } from "@asyncio-ts/core";
import { TimeoutError } from "@asyncio-ts/tasks";
import { Crew } from "./crew.ts";
import { after } from "./deadline.ts";
import { fromRecord, type ThrownRecord } from "./error-record.ts";
import { describeExit, ExecutorFull, WorkerDied, type WorkerExit } from "./errors.ts";
import { fairShare } from "./fair-share.ts";
import { Job, type JobFunction, type JobKeeper, type JobSettings } from "./job.ts";
import { JobQueue } from "./job-queue.ts";
import type { PoolSetup } from "./pool-options.ts";
import { PoolState } from "./pool-state.ts";
import { PoolCounters, type PoolStatistics } from "./pool-statistics.ts";
import type { PoolWorker } from "./pool-worker.ts";
import { RoomLine } from "./room-line.ts";
import { Stealing } from "./stealing.ts";
import type { WorkerKeeper } from "./worker-keeper.ts";

/** So many workers in a row may die before their first word; then the pool is broken. */
const failedStartsAtMost = 3;

/** So many workers may die of a job before they have begun it; then it fails. */
const returnsAtMost = 3;

/**
 * Jobs, and the workers that run them, whatever a worker is made of.
 *
 * 1. A job is in the queue, with one worker, or over; it is neither only while no code of the user can run.
 * 2. Jobs leave the queue in a microtask, so that those that are submitted together travel together.
 * 3. Workers get equal shares, of no more than they can do in a millisecond or ten, if that is known; so most jobs stay in the
 *    queue, where they can be cancelled, and where whoever is free first gets them.
 * 4. Whatever ends a worker, each of its jobs is settled or goes back to the queue.
 */
export class WorkerPool implements JobKeeper, WorkerKeeper {
  readonly #setup: PoolSetup;
  readonly #queue = new JobQueue();
  readonly #crew: Crew;
  readonly #counters = new PoolCounters();
  readonly #stealing: Stealing;
  readonly #room = new RoomLine(() => this.#placesLeft());
  readonly #state: PoolState;
  /** Those who wait for the end. */
  readonly #atEnd: (() => void)[] = [];
  #isEnding = false;
  #waiting = 0;
  #nextJob = 1;
  #failedStarts = 0;
  #isFlushing = false;
  #clock = 0;
  /** The worker that was heard of last: it may still be waiting for the next batch. */
  #lastActive = 0;

  constructor(setup: PoolSetup) {
    this.#setup = setup;
    this.#state = new PoolState(setup.Broken);
    this.#crew = new Crew(this, setup);
    this.#stealing = new Stealing(this.#crew.workers, (jobs) => {
      for (const job of jobs.reverse()) this.#putBack(job);
      this.#flushSoon();
    });
  }

  submit(
    fn: JobFunction,
    args: readonly unknown[],
    settings: JobSettings | null,
    submittedFrom: string | undefined,
  ): Job {
    this.#state.check();
    if (this.#waiting >= this.#setup.maxQueue && this.#placesLeft() <= 0) {
      throw new ExecutorFull(`Cannot submit a job: ${this.#waiting} jobs are waiting already`);
    }
    this.#room.take();
    this.#flushSoon();
    const job = this.#makeJob(fn, args, settings, submittedFrom);
    this.#queue.push(job);
    this.#waiting++;
    return job;
  }

  /**
   * Run a job on each worker that the pool may have, those included that are not started yet.
   *
   * @throws {ExecutorFull} A worker cannot be sent another job.
   */
  broadcast(fn: JobFunction, args: readonly unknown[]): Job[] {
    this.#state.check();
    this.#startWorkers(this.#setup.maxWorkers - this.#crew.open().length);
    this.#state.check();
    const workers = this.#crew.open();
    const full = workers.find((worker) => !worker.hasRoom);
    if (full !== undefined) throw new ExecutorFull(`Cannot broadcast a job: a worker has ${full.outstanding} already`);
    this.#clock = performance.now();
    return workers.map((worker) => {
      const job = this.#makeJob(fn, args, null, undefined);
      job.isPinned = true;
      worker.send([job]);
      if (worker.isExhausted) this.#recycle(worker);
      return job;
    });
  }

  /** Wait until the queue takes another job. */
  waitForRoom(): Promise<void> {
    return this.#room.wait();
  }

  shutdown(cancelFutures: boolean): Promise<void> {
    this.#state.shut();
    if (cancelFutures) this.#cancelAll();
    this.#room.openAll();
    this.#isEnding = true;
    const ended = new Promise<void>((resolve) => this.#atEnd.push(resolve));
    this.#endIfDone();
    return ended;
  }

  statistics(): PoolStatistics {
    return this.#counters.summary(this.#crew, this.#waiting);
  }

  // What jobs ask

  revoke(job: Job): boolean {
    if (job.isOver) return false;
    if (job.isQueued) this.#waiting--;
    else if (job.worker?.revoke(job) !== true) return false;
    job.dismiss();
    this.#room.open();
    this.#endIfDone();
    return true;
  }

  askToStop(job: Job, reason: unknown, grace: Seconds): void {
    const { worker } = job;
    if (worker === null) return;
    job.stop ??= { reason };
    worker.askToStop(job, reason);
    job.whenGone(after(grace, () => this.#killWith(job, worker)));
  }

  // What workers report

  workerReady(worker: PoolWorker): void {
    if (worker.state === "starting") worker.state = "ready";
    this.#failedStarts = 0;
    this.#settle(worker);
  }

  workerFailedToStart(worker: PoolWorker, record: ThrownRecord): void {
    this.#break("Its initializer failed", fromRecord(record));
    worker.kill();
  }

  jobStarted(job: Job): void {
    const timeout = job.settings?.timeout ?? null;
    if (timeout !== null) job.whenGone(after(timeout, () => this.#timeOut(job, timeout)));
  }

  jobEnded(job: Job, isError: boolean, value: unknown, began: number): void {
    this.#counters.waitTime.record(Math.max(began - job.submittedAt, 0), 1);
    job.leave();
    if (!isError) return job.succeed(value);
    this.#counters.failed++;
    if (job.isOver) return;
    job.fail(fromRecord(value as ThrownRecord, { submittedAt: job.submittedFrom }));
  }

  workerReplied(worker: PoolWorker, ended: number, elapsed: number): void {
    if (ended > 0) this.#counters.jobsRan(ended, elapsed);
    this.#settle(worker);
  }

  workerIsTooBig(worker: PoolWorker): void {
    this.#recycle(worker);
  }

  workerEnded(worker: PoolWorker, exit: WorkerExit): void {
    const wasEnding = worker.state === "ending";
    const wasStarting = worker.state === "starting";
    const isCrash = !wasEnding && !worker.wasKilled;
    const { lost, unstarted } = worker.die();
    this.#crew.remove(worker);
    this.#counters.workerLived(performance.now() - worker.startedAt);
    if (!wasEnding) this.#counters.crashes++;
    // Of what dies before it begins a job, the job may be the reason: that cannot be read, say.
    if (lost.length === 0 && isCrash) for (const job of unstarted) job.returns++;
    const fatal = unstarted.filter((job) => job.returns >= returnsAtMost);
    for (const job of unstarted.reverse()) if (job.returns < returnsAtMost) this.#putBack(job);
    for (const job of [...lost, ...fatal]) this.#lose(job, worker, exit);
    if (isCrash) this.#noteCrash(wasStarting, exit);
    this.#room.open();
    if (this.#waiting > 0) this.#flushSoon();
    this.#endIfDone();
  }

  // Jobs

  #makeJob(
    fn: JobFunction,
    args: readonly unknown[],
    settings: JobSettings | null,
    submittedFrom: string | undefined,
  ): Job {
    const id = this.#nextJob++;
    return new Job(this, { function: fn, args, id, settings, submittedAt: this.#clock, submittedFrom });
  }

  #putBack(job: Job): void {
    if (job.isOver) return;
    job.leave();
    if (job.stop !== null) return job.abandon(job.stop.reason); // asked to stop before it had begun
    if (this.#state.kind === "broken") return job.fail(this.#state.brokenError());
    this.#queue.unshift(job);
    this.#waiting++;
  }

  #cancelAll(): void {
    const unstarted = [...this.#queue.toArray(), ...this.#crew.workers.flatMap((worker) => worker.jobsInOrder())];
    for (const job of unstarted) if (this.revoke(job)) job.future.setCancelled();
  }

  #timeOut(job: Job, timeout: Seconds): void {
    job.fail(new TimeoutError(`The job timed out after ${timeout} s`));
    this.askToStop(job, "timeout", job.settings?.gracePeriod ?? 1);
  }

  #lose(job: Job, worker: PoolWorker, exit: WorkerExit): void {
    job.leave();
    if (job.isOver) return;
    if (job.stop !== null && worker.wasKilled) return job.abandon(job.stop.reason);
    if (job.canRetry(worker.isShared)) {
      job.attempt++;
      return this.#putBack(job);
    }
    const cause = worker.lastWords === null ? exit.error : fromRecord(worker.lastWords);
    const message = `The worker ${this.#setup.name}-${worker.number} ${describeExit(exit)} while it was running the job`;
    this.#counters.completed++;
    this.#counters.failed++;
    job.fail(new WorkerDied(message, { ...exit, error: cause }));
  }

  /** End a worker because of `job`, and of no other. */
  #killWith(job: Job, worker: PoolWorker): void {
    if (job.worker !== worker) return;
    const others = worker.takeBack(Number.POSITIVE_INFINITY);
    for (const other of others.reverse()) this.#putBack(other);
    if (this.#waiting > 0) this.#flushSoon();
    if (!worker.isRunning(job)) return;
    worker.retire();
    worker.wasKilled = true;
    worker.kill();
  }

  // Workers

  #flushSoon(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    this.#clock = performance.now();
    queueMicrotask(this.#flush);
  }

  /** Send out what waits, in fair shares. */
  readonly #flush = (): void => {
    this.#isFlushing = false;
    const next = this.#queue.peek();
    if (next === undefined) return;
    this.#startMissing();
    const ready = this.#crew.takers(next);
    if (ready.length === 0) return;
    const share = fairShare(this.#waiting, ready);
    const first = this.#crew.workers[this.#lastActive];
    if (first !== undefined && ready.includes(first)) this.#fill(first, share);
    for (const worker of ready) if (worker !== first) this.#fill(worker, share);
    this.#stealing.look();
    this.#endIfDone();
  };

  #fill(worker: PoolWorker, share: number): void {
    const jobs: Job[] = [];
    let { time } = worker.load;
    for (let room = share - worker.outstanding; room > 0; room--) {
      const job = this.#queue.peek();
      if (job === undefined || !worker.accepts(job, jobs.length, time)) break;
      time += job.function.expected;
      this.#queue.shift();
      jobs.push(job);
    }
    if (jobs.length === 0) return;
    this.#waiting -= jobs.length;
    worker.send(jobs);
    this.#room.open();
    if (worker.isIdle && this.#waiting > 0) this.#flushSoon(); // none could be sent: no reply will have us look again
    if (worker.isExhausted) this.#recycle(worker);
  }

  /** One for each job that waits and that no idle worker can take, as Python does. */
  #startMissing(): void {
    const idle = this.#crew.open().filter((worker) => worker.outstanding === 0).length;
    this.#startWorkers(Math.min(this.#waiting - idle, this.#setup.maxWorkers - this.#crew.size()));
  }

  #startWorkers(count: number): void {
    for (let i = 0; i < count && this.#state.kind !== "broken"; i++) this.#startWorker();
  }

  #startWorker(): void {
    try {
      this.#crew.start();
    } catch (error) {
      this.#break("A worker cannot be started", error);
    }
  }

  /** End a worker when its jobs are done; another one takes its place then, if there is anything to do. */
  #recycle(worker: PoolWorker): void {
    worker.retire();
    if (worker.state === "retiring" && worker.isIdle) this.#crew.end(worker);
    if (this.#waiting > 0) this.#flushSoon();
  }

  /** How many more jobs may be submitted: the queue has room, and workers have that have nothing to do. */
  #placesLeft(): number {
    const { maxQueue, maxWorkers } = this.#setup;
    if (maxQueue === Number.POSITIVE_INFINITY) return maxQueue;
    return maxQueue + maxWorkers - this.#crew.busyCount() - this.#waiting;
  }

  /** A worker has replied: it may have room, or nothing to do. */
  #settle(worker: PoolWorker): void {
    if (this.#crew.workers[this.#lastActive] !== worker) this.#lastActive = this.#crew.workers.indexOf(worker);
    if (this.#waiting > 0 && !this.#isFlushing && worker.load.isLow) this.#flush();
    if (!worker.isIdle) return;
    this.#room.open();
    if (worker.state === "retiring") this.#crew.end(worker);
    else this.#crew.watchIdle();
    this.#stealing.look();
    this.#endIfDone();
  }

  #noteCrash(wasStarting: boolean, exit: WorkerExit): void {
    if (wasStarting) this.#failedStarts++;
    if (this.#failedStarts >= failedStartsAtMost)
      this.#break(`Its workers cannot start: one ${describeExit(exit)}`, exit.error);
    else if (this.#setup.onWorkerCrash === "break") this.#break(`A worker ${describeExit(exit)}`, exit.error);
  }

  // The end

  #break(message: string, cause: unknown): void {
    if (this.#state.kind === "broken") return;
    this.#state.break(`The pool is broken: ${message}`, cause);
    this.#waiting = 0;
    this.#room.openAll();
    const jobs = [...this.#queue.clear(), ...this.#crew.workers.flatMap((worker) => worker.jobsInOrder())];
    for (const job of jobs) job.fail(this.#state.brokenError());
    this.#crew.kill();
  }

  #endIfDone(): void {
    if (!this.#isEnding || this.#waiting > 0) return;
    for (const worker of this.#crew.workers) {
      if (!worker.isDone || worker.state === "ending") continue;
      worker.ref();
      if (this.#state.kind !== "broken") this.#crew.end(worker);
    }
    if (this.#crew.workers.length > 0) return;
    this.#crew.stopWatching();
    this.#stealing.stop();
    for (const resolve of this.#atEnd.splice(0)) resolve();
  }
}
