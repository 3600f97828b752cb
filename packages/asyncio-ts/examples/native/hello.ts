import * as asyncio from "asyncio-ts";

async function main() {
  console.log("hello"); // => hello
  await asyncio.sleep(1); // seconds, as in Python
  console.log("world"); // => world
}

await asyncio.run(main);
