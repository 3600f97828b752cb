import * as asyncio from "asyncio-ts";

async function inner() {
  return "the result of inner";
}

async function main() {
  try {
    await asyncio.run(inner);
  } catch (error) {
    console.log(String(error)); // => RuntimeError: asyncio.run() cannot be called from a running event loop
  }
  console.log(await inner()); // => the result of inner
}

await asyncio.run(main);
