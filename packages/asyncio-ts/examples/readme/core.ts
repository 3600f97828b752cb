import { BaseEventLoop } from "@asyncio-ts/core";
import { VirtualHost } from "@asyncio-ts/core/testing";

const loop = new BaseEventLoop(new VirtualHost()); // time jumps, nobody waits
loop.callSoon(() => console.log("at", loop.time())); // => at 0
loop.callLater(3600, () => loop.stop());

await loop.runForever();
console.log("stopped at", loop.time()); // => stopped at 3600
