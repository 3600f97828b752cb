import { describe, expect, test } from "vitest";
import type { Job } from "./job.ts";
import { JobQueue } from "./job-queue.ts";

function job(id: number, isOver = false): Job {
  return { id, isOver } as Job;
}

describe("JobQueue", () => {
  test("gives jobs in their order, over the end of its ring, as it grows", () => {
    const queue = new JobQueue();
    const got: (number | undefined)[] = [];
    let next = 0;
    for (let round = 0; round < 50; round++) {
      for (let n = 0; n < 3; n++) queue.push(job(next++));
      got.push(queue.shift()?.id);
    }
    for (let left = queue.shift(); left !== undefined; left = queue.shift()) got.push(left.id);
    expect(got).toEqual(Array.from({ length: 150 }, (_, n) => n));
    expect(queue.toArray().length).toBe(0);
  });

  test("unshift() puts a job before all others", () => {
    const queue = new JobQueue();
    for (let n = 0; n < 16; n++) queue.push(job(n));
    queue.unshift(job(99));
    expect([queue.shift()?.id, queue.shift()?.id, queue.toArray().length]).toEqual([99, 0, 15]);
  });

  test("peek() passes over those that are over", () => {
    const queue = new JobQueue();
    queue.push(job(1, true));
    queue.push(job(2));
    expect([queue.peek()?.id, queue.peek()?.id, queue.toArray().length]).toEqual([2, 2, 1]);
    queue.shift();
    expect(queue.peek()).toBeUndefined();
  });

  test("clear() takes all", () => {
    const queue = new JobQueue();
    queue.push(job(1));
    queue.push(job(2));
    expect(queue.clear().map(({ id }) => id)).toEqual([1, 2]);
    expect([queue.toArray().length, queue.peek()]).toEqual([0, undefined]);
  });
});
