import { run } from "@asyncio-ts/platform";
import { Queue } from "@asyncio-ts/sync";
import { createTask } from "@asyncio-ts/tasks";

async function total(queue: Queue<number>): Promise<number> {
  let sum = 0;
  for await (const n of queue) sum += n;
  return sum;
}

await run(async () => {
  const queue = new Queue<number>(2);
  const consumer = createTask(() => total(queue));
  for (const n of [1, 2, 3, 4]) await queue.put(n); // waits while two are in it
  queue.shutdown();
  console.log(await consumer); // => 10
});
