import * as asyncio from "asyncio-ts";

function* factorial(name: string, n: number) {
  let product = 1;
  for (let i = 2; i <= n; i++) {
    console.log(`${name}: ${product} * ${i}`);
    yield* asyncio.sleep(1);
    product *= i;
  }
  console.log(`${name}: factorial(${n}) = ${product}`);
  return product;
}

function* main() {
  // Each generator becomes a task. The results come in the order of the generators, whichever ends first.
  const results = yield* asyncio.gather([
    factorial("A", 4), // the last to end
    factorial("B", 2),
    factorial("C", 3),
  ]);
  console.log(results);
}

await asyncio.run(main);

// => A: 1 * 2
// => B: 1 * 2
// => C: 1 * 2
// => A: 2 * 3
// => B: factorial(2) = 2
// => C: 2 * 3
// => A: 6 * 4
// => C: factorial(3) = 6
// => A: factorial(4) = 24
// => [ 24, 2, 6 ]
