/** What runs in a page: bundled by `openPage`, and called from outside. */

import { EventLoop, run, WebHost } from "asyncio-ts";
import { type Ground, type HostSample, sampleHost } from "./sample.ts";

/** Of a page, which the types of this repository know nothing of. */
interface WebWorker {
  onmessage: (event: { readonly data: number }) => void;
  terminate(): void;
}
declare const Worker: new (url: string) => WebWorker;

/** A web worker that says what time it is. It sleeps in between: timers of the web that repeat take four milliseconds. */
const clock = `
  const word = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    Atomics.wait(word, 0, 0, 2);
    postMessage(performance.timeOrigin + performance.now());
  }`;

function groundOf(host: WebHost): Ground {
  const loopFactory = (): EventLoop => new EventLoop(host);
  return { settlesPromises: true, run: (main) => run<void>(main, { loopFactory }), startClock };
}

function startClock(tick: (sent: number) => void): () => void {
  const worker = new Worker(URL.createObjectURL(new Blob([clock])));
  worker.onmessage = ({ data }) => tick(data);
  return () => worker.terminate();
}

export function sample(): Promise<HostSample> {
  return sampleHost(groundOf(new WebHost()));
}
