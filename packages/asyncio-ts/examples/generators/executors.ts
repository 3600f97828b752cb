import * as asyncio from "asyncio-ts";

// Only the types are imported here: the module itself is loaded where the jobs run.
const jobs = asyncio.workerModule<typeof import("../jobs.js")>(new URL("../jobs.js", import.meta.url));
const file = new URL("../../package.json", import.meta.url).href;

function* main() {
  const loop = asyncio.getRunningLoop();

  // What blocks, in a thread of the default pool.
  console.log("default pool:", yield* loop.runInExecutor(null, jobs.readName, file));
  console.log("toThread:", yield* asyncio.toThread(jobs.readName, file));

  // In a thread of a pool of our own, which takes no more jobs once its block has ended.
  {
    using threads = new asyncio.ThreadPoolExecutor({ maxWorkers: 2 });
    console.log("thread pool:", yield* loop.runInExecutor(threads, jobs.readName, file));
  }

  // What computes, in processes.
  {
    using processes = new asyncio.ProcessPoolExecutor({ maxWorkers: 2 });
    const counts = [10_000, 100_000].map((below) => loop.runInExecutor(processes, jobs.countPrimes, below));
    console.log("process pool:", yield* asyncio.gather(counts));
  }

  // The other way round: a pool has a method for it, and its futures can be awaited anywhere.
  using pool = new asyncio.ThreadPoolExecutor({ maxWorkers: 2 });
  for (const below of [10, 100, 1_000]) console.log("primes:", yield* pool.submit(jobs.countPrimes, below));
}

await asyncio.run(main);

// => default pool: asyncio-ts
// => toThread: asyncio-ts
// => thread pool: asyncio-ts
// => process pool: [ 1229, 9592 ]
// => primes: 4
// => primes: 25
// => primes: 168
