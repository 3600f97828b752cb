import * as asyncio from "asyncio-ts";

function* download(file: string, seconds: number) {
  yield* asyncio.sleep(seconds);
  return `${file} after ${seconds} s`;
}

function* main() {
  const downloads = [download("a.txt", 3), download("b.txt", 1), download("c.txt", 2)];

  // A generator has no `for await`. A plain `for` gives something to wait for, once for each of the downloads: the result
  // of the next one that ends.
  for (const next of asyncio.asCompleted(downloads)) {
    console.log(yield* next);
  }
}

await asyncio.run(main);

// => b.txt after 1 s
// => c.txt after 2 s
// => a.txt after 3 s
