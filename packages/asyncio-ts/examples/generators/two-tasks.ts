import * as asyncio from "asyncio-ts";

function* sayAfter(delay: number, what: string) {
  yield* asyncio.sleep(delay);
  console.log(what);
}

function* main() {
  const loop = asyncio.getRunningLoop();
  const start = loop.time();

  // Both begin in the next turn of the loop and sleep side by side: 2 seconds, not 3.
  const hello = asyncio.createTask(sayAfter(2, "hello")); // a generator has not begun yet: it can be passed as it is
  const world = asyncio.createTask(sayAfter(1, "world"));
  yield* hello;
  yield* world;

  console.log(`finished after ${Math.round(loop.time() - start)} s`);
}

await asyncio.run(main);

// => world
// => hello
// => finished after 2 s
