import * as asyncio from "asyncio-ts";

// A generator that is never waited for is dropped in silence: JavaScript does not tell. A coroutine function makes
// coroutines, as Python's `async def` does: one that is neither awaited nor made a task was probably forgotten.
const greet = asyncio.coroutine(function* greet(name: string) {
  yield* asyncio.sleep(0.1);
  console.log(`hello, ${name}`);
});

function* main() {
  yield* greet("Ann");
  greet("Bob"); // the `yield*` was forgotten
  console.log("end of main");
}

await asyncio.run(main); // with { debug: true } the warning says where the coroutine was made

// => hello, Ann
// => end of main
// => (node:4711) RuntimeWarning: coroutine 'greet' was never awaited
