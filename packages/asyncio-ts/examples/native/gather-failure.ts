import * as asyncio from "asyncio-ts";

async function answer(name: string, delay: number) {
  await asyncio.sleep(delay);
  console.log(`${name} answers`);
  return name;
}

async function fail(delay: number): Promise<never> {
  await asyncio.sleep(delay);
  throw new Error("no connection");
}

async function main() {
  // The first failure is that of the gathering. The others are not cancelled, they go on.
  try {
    await asyncio.gather([() => answer("one", 1), () => fail(2), () => answer("three", 3)]);
  } catch (error) {
    console.log("caught", String(error));
  }
  await asyncio.sleep(2); // meanwhile, three answers

  // With returnExceptions nothing is thrown: the error takes the place of a result.
  const results = await asyncio.gather([() => answer("one", 1), () => fail(2), () => answer("three", 3)], {
    returnExceptions: true,
  });
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
