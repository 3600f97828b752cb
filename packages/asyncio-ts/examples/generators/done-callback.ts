import * as asyncio from "asyncio-ts";

function* divide(a: bigint, b: bigint) {
  yield* asyncio.sleep(1);
  return a / b;
}

/** Called by the loop when a task is done, however it ended. */
function report(task: asyncio.Task<bigint>) {
  const error = task.exception(); // null if there is none
  if (error === null) console.log(`${task.getName()} gives ${task.result()}`);
  else console.log(`${task.getName()} fails: ${error}`);
}

function* main() {
  for (const divisor of [4n, 0n]) {
    const task = asyncio.createTask(divide(8n, divisor), { name: `8 / ${divisor}` });
    task.addDoneCallback(report);
  }
  yield* asyncio.sleep(2); // main does not look at the tasks itself
}

await asyncio.run(main);

// => 8 / 4 gives 2
// => 8 / 0 fails: RangeError: Division by zero
