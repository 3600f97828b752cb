import * as asyncio from "asyncio-ts";

function* compute() {
  yield* asyncio.sleep(1);
  return 42;
}

// What run() does, by hand: make a loop, put work on it, run it until that is done, close it.
const loop = asyncio.newEventLoop();
const task = loop.createTask(compute()); // does not begin before the loop runs
console.log("done:", task.done()); // => done: false

await loop.runUntilComplete(task);
console.log("done:", task.done()); // => done: true
console.log("result:", task.result()); // => result: 42

loop.close();
