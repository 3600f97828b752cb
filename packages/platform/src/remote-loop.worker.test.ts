import { expect, test, vi } from "vitest";
import { runNode } from "../test/run-node.ts";

vi.setConfig({ testTimeout: 30_000 }); // processes take their time on a busy machine

/** For what Bun and Deno are not told of: no need to wait there until the program is given up, in milliseconds. */
const ofNode = { timeout: "bun" in process.versions || "deno" in process.versions ? 3_000 : 25_000 };
/** For what Deno is not told of. */
const notOfDeno = { timeout: "deno" in process.versions ? 3_000 : 25_000 };

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
    loop.runCoroutineThreadsafe("double", 1).result(); // the nap has begun by then
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
      while (!loop.isClosed()) await sleep(0.001); // a worker may have gone before its last message is here
      try { loop.callSoonThreadsafe("end"); } catch (error) { console.log(error.message); }
    });`;
  const { status, stdout, stderr } = await runNode(
    program.replace("await run(", 'const { attachLoop } = await import("@asyncio-ts/platform");\n    await run('),
  );
  expect(stdout.trimEnd().split("\n")).toEqual(["49 64", "result ended", "Event loop is closed"]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

/** The main thread with a worker that has posted a handle to it. */
function withLoopOfWorker(ofWorker: string, ofMain: string): string {
  return `
    import { Worker } from "node:worker_threads";
    import { attachLoop } from "@asyncio-ts/platform";
    const worker = new Worker(${worker(ofWorker)}, { eval: true, execArgv: [] });
    worker.on("error", (error) => console.log("worker:", error.message));
    const exit = new Promise((resolve) => worker.on("exit", resolve));
    const handle = await new Promise((resolve) => worker.once("message", resolve));
    const loop = attachLoop(handle);
    ${ofMain}`;
}

test("a worker that waits in an ordinary loop to be called is called, and ends with its loop", async () => {
  const ofWorker = `
    await run(async () => {
      const ended = new Future();
      const handle = getRunningLoop().threadsafeHandle({
        double: async (n) => { await sleep(0.001); return 2 * n; },
        end: () => ended.setResult(),
      });
      parentPort.postMessage(handle, [handle.port]);
      await ended;
    });`;
  const ofMain = `
    await new Promise((resolve) => setTimeout(resolve, 50)); // nothing else holds the worker
    console.log(await loop.runCoroutineThreadsafe("double", 21), loop.runCoroutineThreadsafe("double", 4).result());
    loop.callSoonThreadsafe("end");
    console.log("exit code", await exit);`;
  const { status, stdout, stderr } = await runNode(withLoopOfWorker(ofWorker, ofMain));
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "42 8\nexit code 0\n", stderr: "" });
});

test("a thread that ends fails what is awaited of its loop, also where it blocks", async () => {
  const ofWorker = `
    await run(async () => {
      const handle = getRunningLoop().threadsafeHandle({
        crash: () => { setTimeout(() => { throw new Error("crash"); }, 20); return new Future(); },
      });
      parentPort.postMessage(handle, [handle.port]);
      await new Future();
    });`;
  const blocking =
    'try { loop.runCoroutineThreadsafe("crash").result(); } catch (error) { console.log(error.message); }';
  const awaiting = blocking.replace("loop.run", "await loop.run").replace(".result()", "");
  for (const ofMain of [blocking, awaiting]) {
    const { status, stdout, stderr } = await runNode(withLoopOfWorker(ofWorker, `${ofMain}; await exit;`), notOfDeno);
    expect(stdout.split("\n").sort()).toEqual(["", "Event loop is closed", "worker: crash"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  }
});

test("a thread that was terminated fails what is awaited of its loop", async () => {
  const ofWorker = `
    await run(async () => {
      const handle = getRunningLoop().threadsafeHandle({ wait: () => new Future() });
      parentPort.postMessage(handle, [handle.port]);
      await new Future();
    });`;
  const ofMain = `
    const future = loop.runCoroutineThreadsafe("wait");
    setTimeout(() => worker.terminate(), 50);
    try { await future; } catch (error) { console.log(error.message, loop.isClosed()); }`;
  const { stdout } = await runNode(withLoopOfWorker(ofWorker, ofMain), notOfDeno);
  expect(stdout).toBe("Event loop is closed true\n");
});

test("a loop that closes wakes those who have asked it and were not heard", async () => {
  const ofWorker = `
    const loop = attachLoop(workerData);
    tell("asks");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100); // the main thread is busy by then
    try { loop.runCoroutineThreadsafe("nothing").result(); } catch (error) { tell(error.message); }`;
  const program = `
    import { Worker } from "node:worker_threads";
    const loop = newEventLoop();
    const handle = loop.threadsafeHandle({});
    const worker = new Worker(${worker(ofWorker)}, {
      eval: true, execArgv: [], workerData: handle, transferList: [handle.port],
    });
    worker.once("message", () => {
      const end = Date.now() + 300; // the worker asks meanwhile, and sleeps
      while (Date.now() < end);
      worker.on("message", (text) => console.log(text));
      loop.close();
    });`;
  const { status, stdout, stderr } = await runNode(program);
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "Event loop is closed\n", stderr: "" });
});

/** Two workers: one has a loop, the other one waits for it, blocking. The main thread ends the first of them. */
function withTwoWorkers(ofLoop: string, ofWaiting: string, ofMain: string): string {
  return `
    import { Worker } from "node:worker_threads";
    const owner = new Worker(${worker(ofLoop)}, { eval: true, execArgv: [] });
    const handle = await new Promise((resolve) => owner.once("message", resolve));
    const waiting = new Worker(${worker(ofWaiting)}, {
      eval: true, execArgv: [], workerData: handle, transferList: [handle.port],
    });
    const waits = new Promise((resolve) => owner.once("message", resolve));
    const told = new Promise((resolve) => waiting.once("message", resolve));
    for (const each of [owner, waiting]) each.on("error", (error) => console.log(error.message));
    ${ofMain}`;
}

const loopThatIsAsked = `
  await run(async () => {
    const handle = getRunningLoop().threadsafeHandle({ wait: () => { tell("asked"); return new Future(); } });
    parentPort.postMessage(handle, [handle.port]);
    await new Future();
  });`;

const blockingLoopThatIsAsked = `
  runSync(function* () {
    const handle = getRunningLoop().threadsafeHandle({ *wait() { tell("asked"); yield* new Future(); } });
    parentPort.postMessage(handle, [handle.port]);
    yield* new Future();
  });`;

test.each([
  ["an ordinary loop", loopThatIsAsked],
  ["a loop that blocks", blockingLoopThatIsAsked],
])("a thread that is terminated wakes who blocks for it, without a timeout: %s", async (_name, ofLoop) => {
  const ofWaiting = `
    const future = attachLoop(workerData).runCoroutineThreadsafe("wait");
    tell(nameOf(() => future.result()), future.done());`;
  const ofMain = "await waits; await owner.terminate(); console.log(await told);";
  const { status, stdout, stderr } = await runNode(withTwoWorkers(ofLoop, ofWaiting, ofMain), ofNode);
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "RuntimeError true\n", stderr: "" });
});

// In small steps: Node 24 and 26 abort the process where a large one goes beyond the limit.
test("a thread that runs out of memory wakes the main thread, which blocks for it", async () => {
  const ofWorker = `
    await run(async () => {
      const grow = () => { for (let all = null; ; ) all = { all }; };
      const handle = getRunningLoop().threadsafeHandle({ grow });
      parentPort.postMessage(handle, [handle.port]);
      await new Future();
    });`;
  const ofMain = 'try { loop.runCoroutineThreadsafe("grow").result(); } catch (error) { console.log(error.message); }';
  const program = withLoopOfWorker(ofWorker, `${ofMain}; await exit;`);
  const limited = program.replace("{ eval: true,", "{ eval: true, resourceLimits: { maxOldGenerationSizeMb: 32 },");
  const { status, stdout } = await runNode(limited, ofNode);
  expect(stdout.split("\n")[0]).toBe("Event loop is closed");
  expect(status).toBe(0);
});

test.each([
  ["is terminated", "await waiting.terminate();"],
  ["ends", 'waiting.postMessage("end");'],
])("a loop that blocks does not wait for a thread that could call it and %s", async (_name, ofMain) => {
  const ofLoop = `
    try {
      runSync(function* () {
        const handle = getRunningLoop().threadsafeHandle({ hello: () => tell("called") });
        parentPort.postMessage(handle, [handle.port]);
        yield* new Future();
      });
    } catch (error) { tell(error.name); }`;
  const ofWaiting = `
    attachLoop(workerData).callSoonThreadsafe("hello");
    parentPort.once("message", () => process.exit());`;
  const program = withTwoWorkers(
    ofLoop,
    ofWaiting,
    `await waits; ${ofMain}; console.log(await new Promise((resolve) => owner.once("message", resolve)));`,
  );
  const { status, stdout, stderr } = await runNode(program, ofNode);
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "DeadlockError\n", stderr: "" });
});
