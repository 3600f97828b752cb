import * as asyncio from "asyncio-ts";

async function download(file: string, seconds: number) {
  await asyncio.sleep(seconds);
  return `${file} after ${seconds} s`;
}

async function main() {
  const downloads = [() => download("a.txt", 3), () => download("b.txt", 1), () => download("c.txt", 2)];

  // The tasks come in the order in which they end, not in which they were given.
  for await (const task of asyncio.asCompleted(downloads)) {
    console.log(task.result());
  }
}

await asyncio.run(main);

// => b.txt after 1 s
// => c.txt after 2 s
// => a.txt after 3 s
