import { run } from "@asyncio-ts/platform";
import { CancelledError, createTask, sleep } from "@asyncio-ts/tasks";

await run(async () => {
  const task = createTask(() => sleep(3600));
  await sleep(0); // lets it start
  task.cancel("it takes too long");
  try {
    await task;
  } catch (error) {
    if (error instanceof CancelledError) console.log(error.message); // => it takes too long
  }
  console.log(task.cancelled()); // => true
});
