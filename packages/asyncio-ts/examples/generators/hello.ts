import * as asyncio from "asyncio-ts";

function* main() {
  console.log("hello"); // => hello
  yield* asyncio.sleep(1); // `yield*` waits, as `await` does in an async function
  console.log("world"); // => world
}

await asyncio.run(main);
