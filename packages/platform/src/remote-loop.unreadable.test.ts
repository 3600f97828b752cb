import { describe, expect, test, vi } from "vitest";
import { runNode } from "../test/run-node.ts";

vi.setConfig({ testTimeout: 30_000 }); // processes take their time on a busy machine

/** The stack of a thread decides how deep an object it can write and read. */
const deepStack = { resourceLimits: { stackSizeMb: 16 } };
const flatStack = { resourceLimits: { stackSizeMb: 0.4 } };

const common = `
  const nest = (depth) => { let value = []; for (let i = 0; i < depth; i++) value = [value]; return value; };
  const show = ({ name, message, cause }) => name + ": " + message + " / " + cause?.name;
  const outcome = (f) => { try { return f(); } catch (error) { return show(error); } };`;

/** What the loop of a worker serves until `end()` is called. */
const body = `
  const done = new Future();
  const handle = getRunningLoop().threadsafeHandle({
    *add(a, b) { yield* sleep(0); return a + b; },
    *nest(depth) { yield* sleep(0); return nest(depth); },
    *fail(depth) { yield* sleep(0); throw Object.assign(new RangeError("deep"), { value: nest(depth) }); },
    *giveUp(depth) { currentTask().cancel(nest(depth)); yield* new Future(); },
    *wait() {
      try { yield* new Future(); } catch (error) { tell("task: " + error.name + ", " + show(error.reason)); throw error; }
    },
    note: (text) => tell("noted " + text),
    end: () => done.setResult(),
  });
  getRunningLoop().setExceptionHandler((_, { exception }) => tell("reported " + show(exception)));
  parentPort.postMessage(handle, [handle.port]);
  yield* done;`;

const loops = [
  ["an ordinary loop", `await run(function* () { ${body} });`],
  ["a loop that blocks", `runSync(function* () { ${body} });`],
] as const;

const waits = [
  ["awaited", "(f) => f.then((value) => value, show)"],
  ["blocked for", "(f) => outcome(() => f.result())"],
  ["blocked for with a timeout", "(f) => outcome(() => f.result(20))"],
] as const;

/** The main thread, with the loop of a worker: what both have said, in order. */
async function withLoopOfWorker(ofWorker: string, options: object, ofMain: string): Promise<string[]> {
  const program = `
    const { parentPort } = require("node:worker_threads");
    (async () => {
      const { getRunningLoop, run, runSync } = await import("@asyncio-ts/platform");
      const { currentTask, Future, sleep } = await import("@asyncio-ts/tasks");
      const tell = (text) => parentPort.postMessage(text);
      ${common}
      ${ofWorker}
    })();`;
  const { status, stdout, stderr } = await runNode(`
    import { Worker } from "node:worker_threads";
    import { attachLoop } from "@asyncio-ts/platform";
    ${common}
    const options = { eval: true, execArgv: [], ...${JSON.stringify(options)} };
    const worker = new Worker(${JSON.stringify(program)}, options);
    const exit = new Promise((resolve) => worker.on("exit", resolve));
    const loop = attachLoop(await new Promise((resolve) => worker.once("message", resolve)));
    worker.on("message", (text) => console.log(text));
    const call = (...args) => loop.runCoroutineThreadsafe(...args);
    ${ofMain}
    loop.callSoonThreadsafe("end");
    await exit;`);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout.trimEnd().split("\n");
}

const unreadable =
  "RuntimeError: Cannot read what another thread has sent: Maximum call stack size exceeded / RangeError";

describe.each(loops)("of %s, what cannot be read", (_loop, ofWorker) => {
  test.each(waits)("of a reply fails its future, and no other: %s", async (_wait, wait) => {
    const ofMain = `
      const wait = ${wait};
      const futures = [call("add", 1, 2), call("nest", 10_000), call("nest", 10_000), call("add", 3, 4), call("nest", 1)];
      for (const each of futures) console.log(JSON.stringify(await wait(each)));`;
    const said = await withLoopOfWorker(ofWorker, deepStack, ofMain);
    expect(said.map((each) => JSON.parse(each))).toEqual([3, unreadable, unreadable, 7, [[]]]);
  });

  test.each(waits)("of a failure or a cancellation is told in its place: %s", async (_wait, wait) => {
    const ofMain = `
      const wait = ${wait};
      const cancelled = call("giveUp", 10_000);
      for (const each of [call("fail", 10_000), cancelled, call("fail", 1)]) console.log(await wait(each));
      try { cancelled.result(); } catch ({ reason }) { console.log(show(reason)); }`;
    expect(await withLoopOfWorker(ofWorker, deepStack, ofMain)).toEqual([
      unreadable,
      expect.stringMatching(/^CancelledError: /),
      "RangeError: deep / undefined",
      unreadable,
    ]);
  });

  test.each(waits)("of a request fails its future, and no other: %s", async (_wait, wait) => {
    const ofMain = `
      const wait = ${wait};
      const futures = [call("add", 1, 2), call("add", nest(2_500), 1), call("add", 3, 4), call("add", nest(1), "x")];
      for (const each of futures) console.log(JSON.stringify(await wait(each)));`;
    const said = await withLoopOfWorker(ofWorker, flatStack, ofMain);
    expect(said.map((each) => JSON.parse(each))).toEqual([3, unreadable, 7, "x"]);
  });

  test("of a call without a task goes to the exception handler", async () => {
    const ofMain = `
      for (const each of ["a", nest(2_500), "b"]) loop.callSoonThreadsafe("note", each);`;
    expect(await withLoopOfWorker(ofWorker, flatStack, ofMain)).toEqual([
      "noted a",
      `reported ${unreadable}`,
      "noted b",
    ]);
  });

  test("of the reason of a cancellation cancels the task all the same", async () => {
    const ofMain = `
      const waiting = call("wait");
      await call("add", 1, 2); // it waits by then
      waiting.cancel(nest(2_500));
      await call("add", 1, 2);`;
    expect(await withLoopOfWorker(ofWorker, flatStack, ofMain)).toEqual([`task: CancelledError, ${unreadable}`]);
  });
});
