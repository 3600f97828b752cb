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

/** Have a web worker say what time it is, every other millisecond; answers what ends it. */
export function startPageClock(tick: (sent: number) => void): () => void {
  const url = URL.createObjectURL(new Blob([clock]));
  const worker = new Worker(url);
  worker.onmessage = ({ data }) => tick(data);
  return () => {
    worker.terminate();
    URL.revokeObjectURL(url);
  };
}
