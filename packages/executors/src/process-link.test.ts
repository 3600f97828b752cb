import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test, vi } from "vitest";
import { begin, failureOf, jobs, untilRunning } from "../test/pools.ts";
import { isAlive, untilGone } from "../test/processes.ts";
import type { ExecutorFuture } from "./executor-future.ts";
import { ProcessPoolExecutor } from "./process-pool-executor.ts";

const patience = 30_000;
const parent = fileURLToPath(new URL("../test/fixtures/parent.js", import.meta.url));

let pool: ProcessPoolExecutor;
afterEach(() => pool?.shutdown({ cancelFutures: true }));

/** Run the program; its processes, once it has said which. */
async function start(job: "spin" | "wait" | "load" | "rest", end: "stay" | "go" | "exit" | "throw") {
  const program = spawn(process.execPath, [parent, job, end], { stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(program, "exit");
  const [line] = (await once(createInterface(program.stdout), "line")) as [string];
  return { program, ended, pids: JSON.parse(line) as number[] };
}

describe("a process ends with its program, and so does what it has started", () => {
  test.each(["spin", "wait", "load", "rest"] as const)(
    "when that is killed while the job is to %s",
    { timeout: patience },
    async (job) => {
      const { program, ended, pids } = await start(job, "stay");
      expect(pids.every(isAlive)).toBe(true);
      program.kill("SIGKILL");
      await Promise.all([ended, ...pids.map(untilGone)]);
    },
  );

  test.each([
    ["exits", "exit", 0],
    ["fails", "throw", 1],
  ] as const)("when that %s", { timeout: patience }, async (_name, end, code) => {
    const { ended, pids } = await start("spin", end);
    await Promise.all(pids.map(untilGone));
    expect(await ended).toEqual([code, null]);
  });

  test("an idle process does not keep its program up", { timeout: patience }, async () => {
    const { ended, pids } = await start("rest", "go");
    expect(await ended).toEqual([0, null]);
    await Promise.all(pids.map(untilGone));
  });
});

describe("ProcessLink", () => {
  test("kill() ends what the process has started as well", { timeout: patience }, async () => {
    pool = new ProcessPoolExecutor({ maxWorkers: 1 });
    const controller = new AbortController();
    const options = { signal: controller.signal, gracePeriod: 0 };
    const { running, word } = await begin(pool, options, jobs.startProcessAndSpin);
    controller.abort();
    expect((await failureOf(running)).name).toBe("CancelledError");
    await Promise.all((word as number[]).map(untilGone));
    expect(await pool.submit(jobs.add, 1, 1)).toBe(2);
  });

  test("what a process has started ends with it, also if it ends by itself", { timeout: patience }, async () => {
    pool = new ProcessPoolExecutor({ maxWorkers: 1 });
    const { running, word } = await begin(pool, {}, jobs.startProcessAndExit);
    expect((await failureOf(running)).name).toBe("WorkerDied");
    await Promise.all((word as number[]).map(untilGone));
  });

  test("a process that cannot be told how to begin is not left behind", { timeout: patience }, async () => {
    const processes = (): number => process.getActiveResourcesInfo().filter((kind) => kind === "ProcessWrap").length;
    const before = processes();
    pool = new ProcessPoolExecutor({ maxWorkers: 1, initializer: jobs.prepare, initargs: [() => {}] });
    expect((await failureOf(pool.submit(jobs.add, 1, 1))).name).toBe("BrokenProcessPool");
    await vi.waitFor(() => expect(processes()).toBe(before), { timeout: patience });
  });

  test("code of the user finds no parent to send to, and disturbs nothing", { timeout: patience }, async () => {
    pool = new ProcessPoolExecutor({ maxWorkers: 1 });
    expect(await pool.submit(jobs.sendToParent, null)).toBe("nobody");
    expect(await pool.submit(jobs.add, 40, 2)).toBe(42);
  });

  test("an exception that a job has seen to is not the cause of a later end", { timeout: patience }, async () => {
    pool = new ProcessPoolExecutor({ maxWorkers: 1 });
    expect(await pool.submit(jobs.catchUncaught)).toBe("caught");
    expect((await failureOf(pool.submit(jobs.exit, 3))).cause).toBeUndefined();
  });

  test("a synchronous job sees that it has to stop", { timeout: patience }, async () => {
    pool = new ProcessPoolExecutor({ maxWorkers: 1 });
    expect(pool.capabilities.synchronousCancel).toBe(true);
    const { pid } = await pool.submit(jobs.where);
    const answers: boolean[] = [];
    const onProgress = (): unknown => answers.push(job.cancel("stop"));
    const job: ExecutorFuture<void> = pool.submitWith({ onProgress }, jobs.spinUntilStopped);
    expect(await failureOf(job)).toMatchObject({ name: "CancelledError", reason: "stop" });
    expect(answers).toEqual([false]);
    expect((await pool.submit(jobs.where)).pid).toBe(pid);
    expect(pool.statistics().crashes).toBe(0);
  });

  // Then two travel together; and then their results as well, so that no message comes between them.
  test.each([50, 2_000])(
    "a job that was asked to stop before it began does not begin; known to be short by %i calls",
    { timeout: patience },
    async (calls) => {
      pool = new ProcessPoolExecutor({ maxWorkers: 1 });
      for (let n = 0; n < calls; n++) await pool.submit(jobs.countAloud, 0);
      const beginning = begin(pool, {}, jobs.countAloud, 300);
      const [second, third] = [1, 2].map(() => pool.submit(jobs.countAloud, 0));
      const { running: first } = await beginning;
      expect(second?.cancel("not needed")).toBe(false); // nobody can tell
      expect(await first).toBe(calls + 1);
      expect(await failureOf(second as never)).toMatchObject({ name: "CancelledError", reason: "not needed" });
      expect(await third).toBe(calls + 2);
    },
  );

  test.skipIf(process.platform === "win32")(
    "jobs that were asked to stop before their process came to them do not begin",
    { timeout: patience },
    async () => {
      pool = new ProcessPoolExecutor({ maxWorkers: 1 });
      for (let n = 0; n < 50; n++) await pool.submit(jobs.countCalls, 0);
      const { pid } = await pool.submit(jobs.where);
      process.kill(pid, "SIGSTOP");
      await new Promise((resolve) => setTimeout(resolve, 20)); // it stands still, and what it knows is old
      const sent = [1, 2, 3].map(() => pool.submit(jobs.countCalls, 0));
      await untilRunning(sent[0] as never);
      expect(sent.map((job) => job.cancel())).toEqual([false, false, false]);
      process.kill(pid, "SIGCONT");
      const failures = await Promise.all(sent.map(failureOf));
      expect(failures.map(({ name }) => name)).toEqual(["CancelledError", "CancelledError", "CancelledError"]);
      expect(await pool.submit(jobs.countCalls, 0)).toBe(51);
    },
  );

  test("a process that is killed while it is idle is replaced", { timeout: patience }, async () => {
    pool = new ProcessPoolExecutor({ maxWorkers: 1 });
    const { pid } = await pool.submit(jobs.where);
    process.kill(pid, "SIGKILL");
    while (pool.statistics().workers > 0) await new Promise((resolve) => setImmediate(resolve));
    expect((await pool.submit(jobs.where)).pid).not.toBe(pid);
  });

  // Elsewhere there is no telling without leaving the event loop.
  test.runIf(process.platform === "linux")(
    "what a dead process did not get any more runs in another one",
    {
      timeout: patience,
    },
    async () => {
      pool = new ProcessPoolExecutor({ maxWorkers: 1 });
      const { pid } = await pool.submit(jobs.where);
      process.kill(pid, "SIGKILL");
      while (isAlive(pid));
      expect((await pool.submit(jobs.where)).pid).not.toBe(pid);
    },
  );
});
