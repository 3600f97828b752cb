import { describe, expect, test } from "vitest";
import { CurrentJob } from "./current-job.ts";

function lineThat(isMarked: () => boolean) {
  const reports: unknown[] = [];
  const report = (slot: number, progress: unknown): void => void reports.push([slot, progress]);
  return { reports, isMarked, report, catchUp: () => {} };
}

describe("CurrentJob", () => {
  test("context() is null where no job runs, and the same object while one does", () => {
    const job = new CurrentJob(lineThat(() => false));
    expect(job.context()).toBeNull();
    job.begin(3, 7, { attempt: 2 });
    const context = job.context();
    expect(context).toMatchObject({ jobId: 7, attempt: 2, cancelled: false });
    expect(job.context()).toBe(context);
    job.end();
    expect(job.context()).toBeNull();
  });

  test("askToStop() reaches the job that runs, and no other", () => {
    const job = new CurrentJob(lineThat(() => false));
    job.begin(3, 7, null);
    job.askToStop(3, 6, "another one, at the same slot");
    job.askToStop(2, 7, "another slot");
    expect([job.isAsked, job.context()?.cancelled]).toEqual([false, false]);
    job.askToStop(3, 7, "enough");
    const context = job.context();
    expect([job.isAsked, context?.cancelled]).toEqual([true, true]);
    expect(() => context?.throwIfCancelled()).toThrow("enough");
    expect(context?.signal.reason).toMatchObject({ name: "CancelledError", reason: "enough" });
  });

  test("askToStop() aborts the signal that the job has taken already", () => {
    const job = new CurrentJob(lineThat(() => false));
    job.begin(0, 1, null);
    const aborted: unknown[] = [];
    const signal = job.context()?.signal;
    signal?.addEventListener("abort", () => aborted.push(signal.reason.reason));
    job.askToStop(0, 1, "first");
    job.askToStop(0, 1, "second");
    expect(aborted).toEqual(["first"]);
  });

  test("a mark in shared memory is seen without a message; `signal` shows it when it is read anew", () => {
    let isMarked = false;
    const job = new CurrentJob(lineThat(() => isMarked));
    job.begin(0, 1, null);
    const context = job.context();
    const signal = context?.signal;
    isMarked = true;
    expect([context?.cancelled, signal?.aborted]).toEqual([true, false]);
    expect(context?.signal).toBe(signal);
    expect(signal?.aborted).toBe(true);
  });

  test("`signal` takes the reason from the message that has come along with the mark", () => {
    const line = { ...lineThat(() => true), catchUp: () => job.askToStop(0, 1, "enough") };
    const job: CurrentJob = new CurrentJob(line);
    job.begin(0, 1, null);
    expect(job.context()?.signal.reason).toMatchObject({ name: "CancelledError", reason: "enough" });
  });

  test("a job that is over reports nothing, and does not take the mark of the next one for its own", () => {
    const line = lineThat(() => true);
    const job = new CurrentJob(line);
    job.begin(0, 1, null);
    const context = job.context();
    context?.report("while it runs");
    job.end();
    context?.report("too late");
    expect(line.reports).toEqual([[0, "while it runs"]]);
    expect(context?.cancelled).toBe(false);
  });
});
