import * as asyncio from "asyncio-ts";

// Only the types are imported here: the module itself is loaded where the jobs run.
const jobs = asyncio.workerModule<typeof import("../jobs.js")>(new URL("../jobs.js", import.meta.url));
const file = new URL("../../package.json", import.meta.url).href;

async function main() {
  const loop = asyncio.getRunningLoop();

  // What blocks, in a thread of the default pool.
  console.log("default pool:", await loop.runInExecutor(null, jobs.readName, file));
  console.log("toThread:", await asyncio.toThread(jobs.readName, file));

  // In a thread of a pool of our own, which ends with its block.
  {
    await using threads = new asyncio.ThreadPoolExecutor({ maxWorkers: 2 });
    console.log("thread pool:", await loop.runInExecutor(threads, jobs.readName, file));
  }

  // What computes, in processes.
  {
    await using processes = new asyncio.ProcessPoolExecutor({ maxWorkers: 2 });
    const counts = [10_000, 100_000].map((below) => loop.runInExecutor(processes, jobs.countPrimes, below));
    console.log("process pool:", await asyncio.gather(counts));
  }

  // The other way round: a pool has a method for it, and its futures can be awaited anywhere.
  await using pool = new asyncio.ThreadPoolExecutor({ maxWorkers: 2 });
  for await (const count of pool.map(jobs.countPrimes, [10, 100, 1_000])) console.log("primes:", count);
}

await asyncio.run(main);

// => default pool: asyncio-ts
// => toThread: asyncio-ts
// => thread pool: asyncio-ts
// => process pool: [ 1229, 9592 ]
// => primes: 4
// => primes: 25
// => primes: 168
