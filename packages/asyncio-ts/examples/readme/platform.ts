import { getRunningLoop, run } from "@asyncio-ts/platform";
import { sleep } from "@asyncio-ts/tasks";

const result = await run(async () => {
  const loop = getRunningLoop();
  loop.callSoon(() => console.log("a callback")); // => a callback
  await sleep(0.01);
  return "the result of main";
});
console.log(result); // => the result of main
