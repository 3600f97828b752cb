import * as asyncio from "asyncio-ts";

const jobs = asyncio.workerModule<typeof import("../jobs.js")>(new URL("../jobs.js", import.meta.url));

function* nameOfFailure(future: asyncio.ExecutorFuture<unknown> | asyncio.Task<unknown>) {
  try {
    yield* future;
    return "no error";
  } catch (error) {
    return (error as Error).name;
  }
}

function* main() {
  using pool = new asyncio.ProcessPoolExecutor({ maxWorkers: 1 });
  const begun = new asyncio.Event();
  const options = { onProgress: () => begun.set() };
  const count = pool.submitWith(options, jobs.countPrimes, 1_000_000_000_000);
  const task = asyncio.createTask(
    (function* () {
      return yield* count;
    })(),
  );

  yield* begun.wait();
  task.cancel("too many"); // the job is asked to stop, and looks now and then whether it was
  console.log(yield* nameOfFailure(task), "of the task");
  console.log(yield* nameOfFailure(count), "of the job");
  console.log("workers lost:", pool.statistics().crashes);

  // A job that does not look gets so many seconds; then its worker is ended, and no other job with it.
  const endless = asyncio.inline(() => {
    for (;;);
  });
  const stuck = pool.submitWith({ timeout: 0.1, gracePeriod: 0.1 }, endless);
  const behind = pool.submit(jobs.countPrimes, 100);
  console.log(yield* nameOfFailure(stuck), "of the endless job");
  console.log("the job behind it:", yield* behind);
}

await asyncio.run(main);

// => CancelledError of the task
// => CancelledError of the job
// => workers lost: 0
// => TimeoutError of the endless job
// => the job behind it: 25
