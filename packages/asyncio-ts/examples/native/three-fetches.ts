import * as asyncio from "asyncio-ts";

async function fetchData(id: number, delay: number) {
  await asyncio.sleep(delay); // stands for the network
  console.log(`fetched ${id} in ${delay} s`);
  return { id, size: delay * 100 };
}

async function main() {
  const loop = asyncio.getRunningLoop();
  const start = loop.time();

  const tasks = [
    asyncio.createTask(() => fetchData(1, 3)),
    asyncio.createTask(() => fetchData(2, 1)),
    asyncio.createTask(() => fetchData(3, 2)),
  ];
  let size = 0;
  for (const task of tasks) size += (await task).size; // those that are done already answer at once

  console.log(`${size} bytes in ${Math.round(loop.time() - start)} s`); // as long as the longest
}

await asyncio.run(main);

// => fetched 2 in 1 s
// => fetched 3 in 2 s
// => fetched 1 in 3 s
// => 600 bytes in 3 s
