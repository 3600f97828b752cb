import { describe, expect, test } from "vitest";
import { Job, type JobSettings } from "./job.ts";
import { PoolWorker } from "./pool-worker.ts";
import { wordCount } from "./protocol.ts";
import type { WorkerKeeper } from "./worker-keeper.ts";

const keeper = {
  revoke: () => false,
  askToStop: () => {},
  workerReady: (worker: PoolWorker) => {
    worker.state = "ready";
  },
  jobEnded: () => {},
  workerReplied: () => {},
};

/** A worker that is ready unless it starts, what it was sent, and whether it holds the program. */
function makeWorker({ isShared, starts = false }: { isShared: boolean; starts?: boolean }) {
  const posted: unknown[] = [];
  const hold = { isOn: true };
  let tell: (message: unknown) => void = () => {};
  const ignore = (): void => {};
  const worker = new PoolWorker(
    keeper as unknown as WorkerKeeper,
    ({ onMessage }) => {
      tell = onMessage;
      const words = isShared ? new Int32Array(wordCount) : null;
      return {
        words,
        post: (message) => posted.push(structuredClone(message)),
        stop: ignore,
        ref: () => {
          hold.isOn = true;
        },
        unref: () => {
          hold.isOn = false;
        },
        kill: ignore,
      };
    },
    1,
    Number.POSITIVE_INFINITY,
  );
  if (!starts) tell({ kind: "ready" });
  return { worker, posted, hold, tell };
}

let id = 0;

/** A job of a function that takes so many milliseconds, as far as is known. */
function makeJob(expected: number, settings: Partial<JobSettings> | null = null, args: unknown[] = []): Job {
  return new Job(keeper, {
    function: { number: expected, name: { kind: "inline", source: "" } as never, expected },
    args,
    id: ++id,
    settings: settings as JobSettings | null,
    submittedAt: 0,
    submittedFrom: undefined,
  });
}

describe("PoolWorker.accepts()", () => {
  test.each([
    { first: 0.01, second: 0.01, process: true, thread: true },
    { first: 3, second: 3, process: true, thread: true },
    { first: 8, second: 0.01, process: true, thread: true },
    { first: 8, second: 3, process: false, thread: true },
    { first: 200, second: 0.01, process: false, thread: true },
    { first: 0.01, second: 200, process: false, thread: true },
    { first: Number.POSITIVE_INFINITY, second: 0.01, process: false, thread: true },
    { first: 0.01, second: Number.POSITIVE_INFINITY, process: false, thread: true },
  ])(
    "a job of $second ms behind one of $first ms: a process $process, a thread $thread",
    ({ first, second, ...of }) => {
      for (const kind of ["process", "thread"] as const) {
        const { worker } = makeWorker({ isShared: kind === "thread" });
        worker.send([makeJob(first)]);
        expect(worker.accepts(makeJob(second))).toBe(of[kind]);
      }
    },
  );

  test("a thread takes no third of which each may be long", () => {
    const { worker } = makeWorker({ isShared: true });
    worker.send([makeJob(3), makeJob(3)]);
    expect(worker.accepts(makeJob(3))).toBe(false);
  });

  test("a process takes eight that take 10 ms together, and no ninth", () => {
    const { worker } = makeWorker({ isShared: false });
    worker.send(Array.from({ length: 7 }, () => makeJob(1)));
    expect(worker.accepts(makeJob(4))).toBe(false);
    expect(worker.accepts(makeJob(3))).toBe(true);
    worker.send([makeJob(1)]);
    expect(worker.accepts(makeJob(1))).toBe(false);
  });

  test("a process takes none behind one that may have to be killed, nor such a one behind another", () => {
    const { worker } = makeWorker({ isShared: false });
    worker.send([makeJob(0.01)]);
    expect(worker.accepts(makeJob(0.01, { timeout: 1 }))).toBe(false);
    const other = makeWorker({ isShared: false }).worker;
    other.send([makeJob(0.01, { timeout: 1, credit: null, context: null, isChunk: false })]);
    expect(other.accepts(makeJob(0.01))).toBe(false);
  });
});

describe("the program", () => {
  test("is held by a worker that starts, also if what was sent to it could not be sent", () => {
    const { worker, hold, tell } = makeWorker({ isShared: false, starts: true });
    worker.send([makeJob(1, null, [() => {}])]);
    expect(hold.isOn).toBe(true);
    tell({ kind: "ready" });
    expect(hold.isOn).toBe(false);
  });

  test("is held by a worker that has a job, and by no other that is ready", () => {
    const { worker, hold, tell } = makeWorker({ isShared: false });
    expect(hold.isOn).toBe(false);
    const job = makeJob(1);
    worker.send([job]);
    expect(hold.isOn).toBe(true);
    tell([1, 1, job.slot, 0, "result"]);
    expect(hold.isOn).toBe(false);
  });
});

describe("the load of a PoolWorker is low", () => {
  test("holds as soon as there is but one job left, however long", () => {
    const { worker, tell } = makeWorker({ isShared: false });
    const jobs = [makeJob(4), makeJob(4)];
    worker.send(jobs);
    expect(worker.load.isLow).toBe(false);
    tell([4, 1, jobs[0]?.slot, 0, "result"]);
    expect(worker.load.isLow).toBe(true);
    expect(worker.accepts(makeJob(4))).toBe(true);
  });

  test("holds once half of what it may hold is done", () => {
    const { worker, tell } = makeWorker({ isShared: false });
    const jobs = Array.from({ length: 10 }, () => makeJob(0.1));
    worker.send(jobs);
    for (let n = 0; n < 4; n++) tell([0.1, 1, jobs[n]?.slot, 0, "result"]);
    expect(worker.load.isLow).toBe(false);
    tell([0.1, 1, jobs[4]?.slot, 0, "result"]);
    expect(worker.load.isLow).toBe(true);
  });
});

describe("PoolWorker.isStuck()", () => {
  test("holds for a thread half a millisecond after its last reply, if it has jobs", () => {
    const { worker } = makeWorker({ isShared: true });
    expect(worker.isStuck(worker.quietSince + 100)).toBe(false);
    worker.send([makeJob(1)]);
    expect([0.4, 0.6].map((later) => worker.isStuck(worker.quietSince + later))).toEqual([false, true]);
  });

  test("holds for a process once its job takes that much longer than was expected", () => {
    const { worker } = makeWorker({ isShared: false });
    worker.send([makeJob(1), makeJob(1)]);
    expect([1.4, 1.6].map((later) => worker.isStuck(worker.quietSince + later))).toEqual([false, true]);
  });
});
