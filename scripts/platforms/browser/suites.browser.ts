import { expect, test } from "vitest";
import type { Order, Outcome } from "./suites-worker.ts";

/** Of a page, which the types of this repository know nothing of. */
declare const Worker: new (
  url: URL,
  options: { readonly type: "module" },
) => {
  onmessage: (event: { readonly data: readonly Outcome[] }) => void;
  onerror: (event: { readonly message: string }) => void;
  postMessage(order: Order): void;
  terminate(): void;
};

declare global {
  interface ImportMeta {
    glob(patterns: readonly string[]): Readonly<Record<string, unknown>>;
  }
}

/** As in vitest.browser.config.ts, but literally, for vite reads it here. */
const suites = import.meta.glob([
  "/packages/{core,tasks}/src/**/*.test.ts",
  "!**/{base-event-loop.context,debug,show-as-string,slow-callback-watch,warn,macrotask}.test.ts",
  "!**/{coroutine,future.promises-aplus,never-awaited,signal,task.context,task.native}.test.ts",
]);

/** Run a file of tests in a web worker of its own, by vitest's own runner. */
function runInWorker(path: string): Promise<readonly Outcome[]> {
  const worker = new Worker(new URL("./suites-worker.ts", import.meta.url), { type: "module" });
  const { config } = (globalThis as unknown as { __vitest_worker__: Pick<Order, "config"> }).__vitest_worker__;
  return new Promise<readonly Outcome[]>((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(`${path}: ${message}`));
    worker.postMessage({ path, config });
  }).finally(() => worker.terminate());
}

// They have run by the time that they are named here, so that each is a test of its own.
for (const path of Object.keys(suites)) {
  const outcomes = await runInWorker(path);
  const file = path.slice(1);
  for (const { name, error } of outcomes) {
    test(`in a worker: ${file} > ${name}`, () => expect(error).toBeNull());
  }
}
