import { expect, test, vi } from "vitest";
import { runNode } from "../test/run-node.ts";

vi.setConfig({ testTimeout: 30_000 }); // processes take their time on a busy machine

/** A worker that gets a handle and tells what it found. */
function worker(body: string): string {
  const program = `
    const { parentPort, workerData } = require("node:worker_threads");
    (async () => {
      const { attachLoop, getRunningLoop, run, runSync } = await import("@asyncio-ts/platform");
      const { Future, sleep } = await import("@asyncio-ts/tasks");
      const tell = (...text) => parentPort.postMessage(text.join(" "));
      const nameOf = (f) => { try { return f(); } catch (error) { return error.name; } };
      ${body}
    })();`;
  return JSON.stringify(program);
}

test("a worker waits for the loop of the main thread: blocking, with a timeout, or awaiting, and cancels", async () => {
  const ofWorker = `
    const loop = attachLoop(workerData);
    tell("blocking", loop.runCoroutineThreadsafe("double", 21).result());
    tell("in time", loop.runCoroutineThreadsafe("double", 4).result(20));
    const late = loop.runCoroutineThreadsafe("nap", 60);
    tell("late", nameOf(() => late.result(0.02)), late.cancel("too late"), nameOf(() => late.result()));
    const failed = loop.runCoroutineThreadsafe("fail");
    tell("failed", nameOf(() => failed.result()), failed.exception().message);
    const several = [1, 2, 3].map((n) => loop.runCoroutineThreadsafe("double", n));
    tell("backwards", ...several.reverse().map((each) => each.result()));
    tell("awaited", await loop.runCoroutineThreadsafe("double", 5));
    tell("in a loop", await run(async () => await loop.runCoroutineThreadsafe("double", 6)));
    loop.callSoonThreadsafe("end");`;
  const program = `
    import { Worker } from "node:worker_threads";
    await run(async () => {
      const loop = getRunningLoop();
      const ended = new Future();
      const handle = loop.threadsafeHandle({
        double: async (n) => { await sleep(0.001); return n * 2; },
        nap: async (seconds) => {
          try { await sleep(seconds); } catch (error) { console.log("task:", error.name, error.reason); throw error; }
        },
        fail: () => { throw new RangeError("spam"); },
        end: () => ended.setResult(),
      });
      const worker = new Worker(${worker(ofWorker)}, {
        eval: true, execArgv: [], workerData: handle, transferList: [handle.port],
      });
      worker.on("message", (text) => console.log(text));
      const exit = new Promise((resolve) => worker.on("exit", resolve));
      await ended;
      console.log("exit code", await exit);
    });`;
  const { status, stdout, stderr } = await runNode(program);
  expect(stdout.trimEnd().split("\n").sort()).toEqual(
    [
      "blocking 42",
      "in time 8",
      "late TimeoutError true CancelledError",
      "task: CancelledError too late",
      "failed RangeError spam",
      "backwards 6 4 2",
      "awaited 10",
      "in a loop 12",
      "exit code 0",
    ].sort(),
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

test("a worker that runs nothing but its loop sleeps in it, and is woken by the main thread", async () => {
  const ofWorker = `
    tell("result", runSync(function* () {
      const done = new Future();
      const handle = getRunningLoop().threadsafeHandle({
        *square(n) { yield* sleep(0.001); return n * n; },
        end: (value) => done.setResult(value),
      });
      parentPort.postMessage(handle, [handle.port]);
      return yield* done;
    }));`;
  const program = `
    import { Worker } from "node:worker_threads";
    await run(async () => {
      const worker = new Worker(${worker(ofWorker)}, { eval: true, execArgv: [] });
      const exit = new Promise((resolve) => worker.on("exit", resolve));
      const handle = await new Promise((resolve) => worker.once("message", resolve));
      worker.on("message", (text) => console.log(text));
      const loop = attachLoop(handle);
      await sleep(0.05); // it sleeps by then
      console.log(await loop.runCoroutineThreadsafe("square", 7), loop.runCoroutineThreadsafe("square", 8).result());
      loop.callSoonThreadsafe("end", "ended");
      await exit;
      try { loop.callSoonThreadsafe("end"); } catch (error) { console.log(error.message); }
    });`;
  const { status, stdout, stderr } = await runNode(
    program.replace("await run(", 'const { attachLoop } = await import("@asyncio-ts/platform");\n    await run('),
  );
  expect(stdout.trimEnd().split("\n")).toEqual(["49 64", "result ended", "Event loop is closed"]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
