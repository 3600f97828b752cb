import * as asyncio from "asyncio-ts";

const jobs = asyncio.workerModule<typeof import("../jobs.js")>(new URL("../jobs.js", import.meta.url));

/** Beats every 10 ms, and notes how long each beat took. */
function* heartbeat(beats: number[]) {
  const loop = asyncio.getRunningLoop();
  for (;;) {
    const start = loop.time();
    yield* asyncio.sleep(0.01);
    beats.push(loop.time() - start);
  }
}

function* main() {
  using pool = new asyncio.ThreadPoolExecutor({ maxWorkers: 1 });
  const beats: number[] = [];
  const heart = asyncio.createTask(heartbeat(beats));
  console.log("primes:", yield* asyncio.getRunningLoop().runInExecutor(pool, jobs.countPrimes, 2_000_000));
  heart.cancel();

  const median = beats.sort((a, b) => a - b)[Math.floor(beats.length / 2)] ?? Number.POSITIVE_INFINITY;
  console.log("the heart beat meanwhile:", beats.length > 10);
  console.log("in its rhythm:", median < 0.02);
}

await asyncio.run(main);

// => primes: 148933
// => the heart beat meanwhile: true
// => in its rhythm: true
