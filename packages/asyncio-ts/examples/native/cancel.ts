import * as asyncio from "asyncio-ts";

async function cancelMe() {
  console.log("before the sleep");
  try {
    await asyncio.sleep(3600);
  } catch (error) {
    if (error instanceof asyncio.CancelledError) console.log(`cancelled: ${error.message}`);
    throw error; // a cancellation that is swallowed is refused
  } finally {
    console.log("cleaned up");
  }
}

async function main() {
  const task = asyncio.createTask(cancelMe);
  await asyncio.sleep(1);

  task.cancel("nobody waits an hour"); // a request: the error is thrown where the task is suspended
  try {
    await task;
  } catch {
    console.log(task.cancelled() ? "the task is cancelled" : "the task has failed");
  }
}

await asyncio.run(main);

// => before the sleep
// => cancelled: nobody waits an hour
// => cleaned up
// => the task is cancelled
