import { inline, ThreadPoolExecutor } from "@asyncio-ts/executors";
import { getRunningLoop, run } from "@asyncio-ts/platform";

const fibonacci = inline((n: number) => {
  const value = (k: number): number => (k < 2 ? k : value(k - 1) + value(k - 2));
  return value(n);
});

async function main(): Promise<void> {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 2 });
  console.log(await getRunningLoop().runInExecutor(pool, fibonacci, 20)); // => 6765
  for await (const value of pool.map(fibonacci, [5, 10])) console.log(value); // => 5
  // => 55
}

await run(main);
