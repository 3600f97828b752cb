import { isMainThread, parentPort, Worker } from "node:worker_threads";
import * as asyncio from "asyncio-ts";

// Each thread has a loop of its own. This file is the program of both threads.

async function inWorker() {
  for (const part of ["one", "two"]) {
    await asyncio.sleep(0.01);
    parentPort?.postMessage(`part ${part}`);
  }
}

async function inMain() {
  const worker = new Worker(new URL(import.meta.url));
  const ended = new asyncio.Future<number>();
  worker.on("message", (message) => console.log("from the worker:", message));
  worker.on("exit", (code) => ended.setResult(code));

  console.log("main waits"); // its loop is free for other tasks
  console.log("exit code", await ended);
}

await asyncio.run(isMainThread ? inMain : inWorker);

// => main waits
// => from the worker: part one
// => from the worker: part two
// => exit code 0
