/** Measures the host of this runtime: `hosts.js`; or `WebHost` on it: `hosts.js web`. Prints a `HostAnswer`. */

import { Worker } from "node:worker_threads";
import { EventLoop, newEventLoop, run, WebHost } from "asyncio-ts";
import type { HostAnswer } from "../hosts/answer.ts";
import { sampleHost } from "../hosts/sample.ts";

/** A thread that says what time it is. */
const clock = `
  const { parentPort } = require("node:worker_threads");
  setInterval(() => parentPort.postMessage(performance.timeOrigin + performance.now()), 2);`;

const loopFactory = process.argv[2] === "web" ? () => new EventLoop(new WebHost()) : newEventLoop;

const sample = await sampleHost({
  settlesPromises: true,
  run: (main) => run<void>(main, { loopFactory }),
  startClock(tick) {
    const worker = new Worker(clock, { eval: true });
    worker.on("message", tick);
    return () => worker.terminate();
  },
});
const { bun, deno, node } = process.versions;
const answer: HostAnswer = { version: bun ?? deno ?? node, sample };
console.log(JSON.stringify(answer));
process.exit();
