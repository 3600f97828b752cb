import { availableParallelism } from "node:os";
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  type TransferListItem,
  Worker,
  type WorkerOptions,
} from "node:worker_threads";
import { postedWord, RUNNING, STOPPING, wordCount } from "./protocol.ts";
import type { ThreadData } from "./worker/thread-worker.ts";
import type { WorkerEvents, WorkerLink } from "./worker-link.ts";
import { threadScript } from "./worker-script.ts";

/** So many messages are taken at once, before the event loop of this thread has its turn. */
const drainLimit = 64;

/** With a single processor, a worker that spins keeps us from posting what it waits for. */
const maySpin = availableParallelism() > 1;

/** The line to a thread: a channel of its own, and a few words of shared memory. */
export class ThreadLink implements WorkerLink {
  readonly words: Int32Array = new Int32Array(new SharedArrayBuffer(wordCount * 4));
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #events: WorkerEvents;
  #posted = 0;
  #error: unknown = undefined;

  constructor(events: WorkerEvents, initialization: unknown, options: WorkerOptions) {
    const { port1, port2 } = new MessageChannel();
    const workerData = { port: port2, words: this.words, maySpin, initialization } satisfies ThreadData;
    this.#events = events;
    this.#port = port1;
    const entry = entryFor(options);
    const isSource = typeof entry === "string";
    this.#worker = new Worker(entry, { ...options, eval: isSource, workerData, transferList: [port2] });
    this.#worker.on("error", (error) => {
      this.#error = error;
    });
    this.#worker.on("exit", (code) => this.#exit(code));
    port1.on("messageerror", (error) => events.onUnreadable(error));
    port1.on("message", this.#receive);
    port1.unref();
  }

  post(message: unknown, transfer: readonly object[]): void {
    this.#port.postMessage(message, transfer as TransferListItem[]);
    // After the message: whoever sees the new number finds it.
    this.#posted = (this.#posted + 1) | 0;
    Atomics.store(this.words, postedWord, this.#posted);
  }

  stop(slot: number): void {
    Atomics.compareExchange(this.words, slot, RUNNING, STOPPING);
  }

  ref(): void {
    this.#worker.ref();
  }

  unref(): void {
    this.#worker.unref();
  }

  kill(): void {
    void this.#worker.terminate();
  }

  readonly #receive = (message: unknown): void => {
    this.#events.onMessage(message);
    for (let left = drainLimit; left > 0; left--) {
      const next = this.#poll();
      if (next === undefined) return;
      this.#events.onMessage(next.message);
    }
  };

  #poll(): { message: unknown } | undefined {
    for (;;) {
      try {
        return receiveMessageOnPort(this.#port);
      } catch (error) {
        this.#events.onUnreadable(error);
      }
    }
  }

  #exit(exitCode: number): void {
    for (let next = this.#poll(); next !== undefined; next = this.#poll()) this.#events.onMessage(next.message);
    this.#port.close();
    const error = this.#error;
    const oom = (error as { code?: unknown } | undefined)?.code === "ERR_WORKER_OUT_OF_MEMORY";
    this.#events.onExit({ exitCode, signal: null, oom, error });
  }
}

/**
 * What a thread begins with: source text, or, where the program asks for modules to be loaded first, a module.
 *
 * Such modules let Node load TypeScript, for one, and Node does not load them in a thread that begins with source text.
 */
function entryFor({ execArgv = process.execArgv }: WorkerOptions): string | URL {
  const flags = `${execArgv.join(" ")} ${process.env.NODE_OPTIONS ?? ""}`;
  if (!/--(?:import|loader|experimental-loader)\b/.test(flags)) return threadScript;
  return new URL(`data:text/javascript,${encodeURIComponent(threadScript)}`);
}
