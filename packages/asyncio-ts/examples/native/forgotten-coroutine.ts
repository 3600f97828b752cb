import * as asyncio from "asyncio-ts";

// A call of a plain async function begins at once. A call of a coroutine function, as in Python, begins when it is
// awaited or made a task: one that never is was probably forgotten.
const greet = asyncio.coroutine(async function greet(name: string) {
  await asyncio.sleep(0.1);
  console.log(`hello, ${name}`);
});

async function main() {
  await greet("Ann");
  greet("Bob"); // the `await` was forgotten
  console.log("end of main");
}

await asyncio.run(main); // with { debug: true } the warning says where the coroutine was made

// => hello, Ann
// => end of main
// => (node:4711) RuntimeWarning: coroutine 'greet' was never awaited
