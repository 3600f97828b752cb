import * as asyncio from "asyncio-ts";

function* inner() {
  return "the result of inner";
}

function* main() {
  try {
    yield* asyncio.ensureFuture(asyncio.run(inner)); // run() gives a promise, which `yield*` does not take as it is
  } catch (error) {
    console.log(String(error)); // => RuntimeError: asyncio.run() cannot be called from a running event loop
  }
  console.log(yield* inner()); // => the result of inner
}

await asyncio.run(main);
