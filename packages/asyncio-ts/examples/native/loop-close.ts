import * as asyncio from "asyncio-ts";

async function main() {
  const loop = asyncio.getRunningLoop();
  try {
    loop.close();
  } catch (error) {
    console.log(String(error)); // => RuntimeError: Cannot close a running event loop
  }
}

const loop = asyncio.newEventLoop();
await loop.runUntilComplete(main);

loop.callLater(3600, () => console.log("never called"));
loop.close(); // drops what is queued: nothing holds the process for an hour
loop.close(); // a second time does nothing
console.log("closed:", loop.isClosed()); // => closed: true

try {
  await loop.runUntilComplete(main);
} catch (error) {
  console.log(String(error)); // => RuntimeError: Event loop is closed
}
