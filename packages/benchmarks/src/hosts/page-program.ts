/** What runs in a page: bundled by `withPage`, and called from outside. */

import { EventLoop, run, WebHost } from "asyncio-ts";
import { startPageClock } from "./page-clock.ts";
import { type HostSample, sampleHost } from "./sample.ts";

export { sampleKeys, sampleWay } from "./sample-way.ts";

const loopFactory = (): EventLoop => new EventLoop(new WebHost());

export function samplePage(): Promise<HostSample> {
  return sampleHost({
    settlesPromises: true,
    run: (main) => run<void>(main, { loopFactory }),
    startClock: startPageClock,
  });
}
