import { gather } from "@asyncio-ts/combinators";
import { run } from "@asyncio-ts/platform";
import { sleep } from "@asyncio-ts/tasks";

async function square(n: number): Promise<number> {
  await sleep(0.01);
  return n * n;
}

console.log(await run(() => gather([() => square(2), () => square(3)]))); // => [ 4, 9 ]
