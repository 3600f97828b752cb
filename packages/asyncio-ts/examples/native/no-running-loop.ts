import * as asyncio from "asyncio-ts";

try {
  asyncio.getRunningLoop();
} catch (error) {
  console.log("outside:", String(error));
  // => outside: RuntimeError: no running event loop: there is one inside run(), and everywhere after install()
}

async function main() {
  const loop = asyncio.getRunningLoop();
  console.log("inside:", loop.isRunning()); // => inside: true
}

await asyncio.run(main);
