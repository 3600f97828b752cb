import * as asyncio from "asyncio-ts";

async function work(seconds: number) {
  await asyncio.sleep(seconds);
  return `${seconds} s of work`;
}

async function main() {
  const tasks = [1, 2, 3].map((seconds) => asyncio.createTask(() => work(seconds)));

  // Until one is done.
  const first = await asyncio.wait(tasks, { returnWhen: asyncio.FIRST_COMPLETED });
  for (const task of first.done) console.log("first:", task.result());

  // For half a second. A timeout is not an error here, and cancels nothing: the tasks are still pending.
  const second = await asyncio.wait(first.pending, { timeout: 0.5 });
  console.log(`after a timeout: ${second.done.size} done, ${second.pending.size} pending`);

  // Until all are done, which is the default.
  const last = await asyncio.wait(second.pending, { returnWhen: asyncio.ALL_COMPLETED });
  for (const task of last.done) console.log("then:", task.result());
}

await asyncio.run(main);

// => first: 1 s of work
// => after a timeout: 0 done, 2 pending
// => then: 2 s of work
// => then: 3 s of work
