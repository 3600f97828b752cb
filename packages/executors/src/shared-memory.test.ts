import { MessageChannel, type MessagePort } from "node:worker_threads";
import { afterEach, describe, expect, test } from "vitest";
import { failureOf } from "../test/pools.ts";
import { inline } from "./inline.ts";
import { ProcessPoolExecutor } from "./process-pool-executor.ts";
import { ThreadPoolExecutor } from "./thread-pool-executor.ts";
import { transfer } from "./transfer.ts";
import { workerModule } from "./worker-module.ts";

const patience = 30_000;

const carrying = workerModule<typeof import("../test/fixtures/carrying.js")>(
  new URL("../test/fixtures/carrying.js", import.meta.url),
);

let pool: ThreadPoolExecutor | ProcessPoolExecutor;
afterEach(() => pool.shutdown({ cancelFutures: true }));

/** Makes memory, keeps it in its worker, and gives it away. */
const makeShared = inline(() => {
  const words = new Int32Array(new SharedArrayBuffer(8));
  words[0] = 1;
  (globalThis as { shared?: Int32Array }).shared = words;
  return words;
});
const readShared = inline(() => (globalThis as unknown as { shared: Int32Array }).shared[1]);
const makeBareShared = inline(() => new SharedArrayBuffer(16));

/** Answers what it is asked through a port, once. */
const answer = inline(
  (port: MessagePort) =>
    new Promise<string>((resolve) => {
      port.once("message", (question) => {
        port.postMessage(`${question}?`);
        port.close();
        resolve("answered");
      });
    }),
);

const readAll = inline(async (stream: ReadableStream<number>) => {
  let total = 0;
  for await (const n of stream as unknown as AsyncIterable<number>) total += n;
  return total;
});

describe("a thread pool", () => {
  test("shares a SharedArrayBuffer that is a result", { timeout: patience }, async () => {
    pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    const words = await pool.submit(makeShared);
    expect([words.buffer instanceof SharedArrayBuffer, words[0]]).toEqual([true, 1]);
    Atomics.store(words, 1, 42);
    expect(await pool.submit(readShared)).toBe(42);
    expect((await pool.submit(makeBareShared)).byteLength).toBe(16);
  });

  test("moves a MessagePort to a job: they talk while it runs", { timeout: patience }, async () => {
    pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    const { port1, port2 } = new MessageChannel();
    const answered = new Promise((resolve) => port1.once("message", resolve));
    const job = pool.submit(answer, transfer(port2));
    port1.postMessage("who");
    expect(await answered).toBe("who?");
    expect(await job).toBe("answered");
    port1.close();
  });

  test("refuses a MessagePort that is not given to transfer(), and runs the next job", {
    timeout: patience,
  }, async () => {
    pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    const { port1, port2 } = new MessageChannel();
    expect((await failureOf(pool.submit(answer, port2))).message).toContain("Argument 0");
    expect((await pool.submit(makeBareShared)).byteLength).toBe(16);
    port1.close();
  });

  test("names the argument that cannot be sent beside shared memory, which can", { timeout: patience }, async () => {
    pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    const both = inline((_shared: SharedArrayBuffer, _f: () => void) => {});
    const error = await failureOf(pool.submit(both, new SharedArrayBuffer(4), () => {}));
    expect(error.message).toContain("Argument 1");
  });

  test("moves a MessagePort out of a job", { timeout: patience }, async () => {
    pool = new ThreadPoolExecutor({ maxWorkers: 1, execArgv: [] });
    const port = await pool.submit(carrying.openPort);
    const doubled = new Promise((resolve) => port.once("message", resolve));
    port.postMessage(21);
    expect(await doubled).toBe(42);
    port.close();
  });

  test("moves a stream to a job", { timeout: patience }, async () => {
    pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    const stream = new ReadableStream<number>({
      start(controller) {
        for (const n of [1, 2, 3]) controller.enqueue(n);
        controller.close();
      },
    });
    expect(await pool.submit(readAll, transfer(stream))).toBe(6);
  });
});

describe("a process pool", () => {
  test("does not share memory: what cannot be copied fails its job", { timeout: patience }, async () => {
    pool = new ProcessPoolExecutor({ maxWorkers: 1 });
    expect(pool.capabilities).toMatchObject({ sharedMemory: false, transfer: false });
    expect((await failureOf(pool.submit(makeBareShared))).name).toBe("DataCloneError");
  });

  test("refuses a MessagePort, in either direction", { timeout: patience }, async () => {
    pool = new ProcessPoolExecutor({ maxWorkers: 1, execArgv: [] });
    const { port1 } = new MessageChannel();
    expect(await failureOf(pool.submit(answer, transfer(port1)))).toMatchObject({
      name: "DataCloneError",
      message: expect.stringMatching(/^Argument 0 of a job cannot be sent to a worker: /),
    });
    expect((await failureOf(pool.submit(carrying.openPort))).name).toBe("DataCloneError");
    port1.close();
  });
});
