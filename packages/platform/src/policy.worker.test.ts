import { expect, test, vi } from "vitest";
import { runNode } from "../test/run-node.ts";

vi.setConfig({ testTimeout: 30_000 }); // processes take their time on a busy machine

/** The program of a worker: makes a loop, sets it, runs on it, and tells what it found. */
const work = `
  const { parentPort } = require("node:worker_threads");
  (async () => {
    const { getEventLoop, getRunningLoop, newEventLoop, run, setEventLoop } = await import("@asyncio-ts/platform");
    const { Future, sleep } = await import("@asyncio-ts/tasks");
    const tell = (text) => parentPort.postMessage(text);
    try { getEventLoop(); } catch (error) { tell("at first: " + error.message); }
    try { getRunningLoop(); } catch (error) { tell("not running: " + error.message); }
    const loop = newEventLoop();
    setEventLoop(loop);
    tell("current: " + (getEventLoop() === loop));
    tell("running: " + await loop.runUntilComplete(async () => { await sleep(0.01); return getRunningLoop() === loop; }));
    loop.close();
    setEventLoop(null);
    tell("run: " + await run(sleep(0.01, "done")));
    await run(async () => await new Future()).catch((error) => tell(error.name));
  })();
`;

test("a worker thread makes its own loop, sets it and runs on it, while another thread does the same", async () => {
  const program = `
    import { Worker } from "node:worker_threads";
    const loop = newEventLoop();
    setEventLoop(loop);
    const start = () => new Promise((resolve, reject) => {
      const lines = [];
      const worker = new Worker(${JSON.stringify(work)}, { eval: true, execArgv: [] });
      worker.on("message", (line) => lines.push(line)).on("error", reject).on("exit", () => resolve(lines));
    });
    const told = await loop.runUntilComplete(async () => {
      const workers = Promise.all([start(), start()]);
      await sleep(0.01);
      console.log("current in the main thread:", getEventLoop() === loop);
      return await workers;
    });
    console.log("still:", getEventLoop() === loop);
    for (const lines of told) console.log(lines.join("\\n"));
    loop.close();`;
  const ofWorker = [
    "at first: There is no current event loop in this thread; setEventLoop() sets one",
    "not running: no running event loop: there is one inside run(), and everywhere after install()",
    "current: true",
    "running: true",
    "run: done",
    "DeadlockError",
  ];
  const { status, stdout, stderr } = await runNode(program);
  expect(stdout.trimEnd().split("\n")).toEqual([
    "current in the main thread: true",
    "still: true",
    ...ofWorker,
    ...ofWorker,
  ]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
