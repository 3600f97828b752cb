import * as asyncio from "asyncio-ts";

/** Keeps the only thread busy: nothing else can run meanwhile. */
function block(milliseconds: number) {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

function* main() {
  const loop = asyncio.getRunningLoop();
  loop.slowCallbackDuration = 0.25; // 0.1 s unless it is set
  loop.callSoon(block, 300);
  yield* asyncio.sleep(0);
}

await asyncio.run(main, { debug: true }); // or ASYNCIO_DEBUG=1

// => (node:4711) SlowCallbackWarning: Executing <Handle block() created at main (slow-callback.js:12:8)> took 0.300 seconds
