import * as asyncio from "asyncio-ts";

function* answer(name: string, delay: number) {
  yield* asyncio.sleep(delay);
  console.log(`${name} answers`);
  return name;
}

function* fail(delay: number) {
  yield* asyncio.sleep(delay);
  throw new Error("no connection");
}

function* main() {
  // The first failure is that of the gathering. The others are not cancelled, they go on.
  try {
    yield* asyncio.gather([answer("one", 1), fail(2), answer("three", 3)]);
  } catch (error) {
    console.log("caught", String(error));
  }
  yield* asyncio.sleep(2); // meanwhile, three answers

  // With returnExceptions nothing is thrown: the error takes the place of a result.
  const results = yield* asyncio.gather([answer("one", 1), fail(2), answer("three", 3)], { returnExceptions: true });
  for (const result of results)
    console.log(result instanceof Error ? `failed: ${result.message}` : `result: ${result}`);
}

await asyncio.run(main);

// => one answers
// => caught Error: no connection
// => three answers
// => one answers
// => three answers
// => result: one
// => failed: no connection
// => result: three
