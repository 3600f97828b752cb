import * as asyncio from "asyncio-ts";

/** What the service prints, with the time. */
function report(text: string) {
  const seconds = asyncio.getRunningLoop().time() - begin;
  console.log(`${seconds.toFixed(1)} s: ${text}`);
}

let begin = 0;

/** A connection that all requests need: it is ready once it is open, and closed last of all. */
function* database(ready: (url: string) => void) {
  yield* asyncio.sleep(1);
  ready("db://local");
  try {
    yield* asyncio.sleep(3600);
  } finally {
    report("database closed");
  }
}

function* answer(request: number) {
  try {
    yield* asyncio.sleep(request); // the later the slower
    report(`request ${request} answered`);
  } catch (error) {
    report(`request ${request} given up`);
    throw error;
  }
}

/** A request each second; each is a task of the group, which forgets it when it is done. */
function* listen(requests: asyncio.TaskGroup, ready: (port: number) => void) {
  ready(8080);
  for (let n = 1; ; n++) {
    yield* asyncio.sleep(1);
    requests.createTask(() => answer(n), { name: `request ${n}` });
  }
}

/** What stops the service: in a real one, `process.once("SIGTERM", …)` sets the result. */
function stopRequested() {
  const loop = asyncio.getRunningLoop();
  const stop = loop.createFuture<string>();
  loop.callLater(5.5, () => stop.setResult("SIGTERM"));
  return stop;
}

/** Take no more requests, and leave those that are under way some time. */
function shutDown(requests: asyncio.TaskGroup, listening: AbortController, grace: number) {
  listening.abort("shutting down");
  report(`shutting down: ${requests}`);
  asyncio.getRunningLoop().callLater(grace, () => requests.cancel());
}

function* main() {
  begin = asyncio.getRunningLoop().time();
  yield* asyncio.taskGroup(function* (services) {
    report(`connected to ${yield* services.start(database)}`);
    yield* asyncio.taskGroup(
      function* (requests) {
        const listening = new AbortController();
        const listener = (ready: (port: number) => void) => listen(requests, ready);
        const port = yield* requests.start(listener, { signal: listening.signal });
        report(`listening on ${port}`);

        report(yield* stopRequested());
        shutDown(requests, listening, 2);
      },
      { name: "requests" },
    );
    services.cancel(); // what was started first ends last
  });
  report("stopped");
}

await asyncio.run(main);

// => 1.0 s: connected to db://local
// => 1.0 s: listening on 8080
// => 3.0 s: request 1 answered
// => 5.0 s: request 2 answered
// => 6.5 s: SIGTERM
// => 6.5 s: shutting down: <TaskGroup name='requests' tasks=4 entered>
// => 7.0 s: request 3 answered
// => 8.5 s: request 4 given up
// => 8.5 s: request 5 given up
// => 8.5 s: database closed
// => 8.5 s: stopped
