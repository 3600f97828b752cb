import { sleep } from "@asyncio-ts/tasks";
import { describe, expect, test } from "vitest";
import { newPlatformHost } from "#platform-host";
import { getEventLoopPolicy, run } from "../../src/index.ts";
import { WebHost } from "../../src/web-host.ts";
import { answers, programs } from "./programs.ts";

/** Of a page, which this project's types know nothing of. */
interface WebWorker {
  onmessage: (event: { readonly data: unknown }) => void;
  onerror: (event: { readonly message: string }) => void;
  postMessage(message: string): void;
  terminate(): void;
}
declare const Worker: new (url: URL, options: { readonly type: "module" }) => WebWorker;

function runInWorker(program: string): Promise<unknown> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(program);
  }).finally(() => worker.terminate());
}

describe.each(Object.keys(programs))("the program %s", (name) => {
  test("answers in a page as it should in a browser", async () => {
    expect(await programs[name]?.()).toEqual(answers[name]);
  });

  test("answers in a worker as it should in a browser", async () => {
    expect(await runInWorker(name)).toEqual(answers[name]);
  });
});

test("the host is that of pages in a browser", () => {
  expect(newPlatformHost()).toBeInstanceOf(WebHost);
  const loop = getEventLoopPolicy().newEventLoop();
  expect(loop.time()).toBeLessThanOrEqual(performance.now() / 1000);
  loop.close();
});

test("messages of a page do not come between any two steps of an async function, where there is postTask", async () => {
  let messages = 0;
  const { port1, port2 } = new MessageChannel();
  port1.addEventListener("message", () => {
    messages++;
    port2.postMessage(null);
  });
  port1.start();
  port2.postMessage(null);
  await run(async () => {
    for (let step = 0; step < 1_000; step++) await sleep(0);
  });
  port1.close();
  expect(messages < 500).toBe("scheduler" in globalThis);
});
