import type { Worker } from "node:worker_threads";
import { currentFrame, RuntimeError, show } from "@asyncio-ts/contextvars";
import { type Seconds, warn } from "@asyncio-ts/core";
import { type WatchData, watchProgram } from "./node-watchdog-worker.ts";

/** The thread gives a sign of life so often within the time that it may stay away. */
const beatsPerSpan = 4;

/** Node's timers are no longer than this, in seconds. */
const longest: Seconds = 2 ** 31 / 1_000;

/** By this name the worker finds the function that tells what is running, through the debugger. */
const whoRuns = Symbol.for("asyncio-ts.watchdog.whoRuns");

/**
 * Prints the stack of the main thread when it has not come back to its event loop for some time.
 *
 * For programs that hang without being idle: an endless loop, a regular expression that takes hours, microtasks without
 * end, a call that blocks. A worker thread looks for signs of life; when they stay out it interrupts the main thread as a
 * debugger does, prints to standard error what is running and the stack, and lets it go on. That is done once until the
 * thread comes back. While the main thread is in a call that is no JavaScript, as `execFileSync`, it cannot be
 * interrupted: that is said, and the stack follows when the call returns.
 *
 * While an inspector is open, as with `--inspect`, only the first line is printed: the thread may stand at a breakpoint.
 *
 * It costs a thread and a few signs of life a second, and keeps no process alive. The stack is that of JavaScript, without
 * the awaits before it. Of a worker thread no stack can be had; that it is blocked is said all the same. It has been seen
 * to work so on Node 20 and 24.
 *
 * @example
 * const watchdog = new Watchdog(5);
 * await run(async () => {
 *   await sleep(0.01);
 * });
 * watchdog.stop();
 */
export class Watchdog implements Disposable {
  readonly #signs = new Int32Array(new SharedArrayBuffer(8));
  readonly #heart: NodeJS.Timeout;
  readonly #worker: Worker;

  /**
   * @param seconds - How long the thread may stay away.
   * @throws {TypeError} `seconds` is not a number.
   * @throws {RangeError} `seconds` is not positive, or longer than 24 days.
   * @throws {RuntimeError} There are no worker threads as Node has them.
   */
  constructor(seconds: Seconds) {
    if (typeof seconds !== "number") throw new TypeError(`A watchdog needs a time in seconds, not ${show(seconds)}`);
    if (!(seconds > 0 && seconds < longest))
      throw new RangeError(`A watchdog cannot wait for ${show(seconds)} seconds`);
    const interval = Math.max(1, (seconds * 1_000) / beatsPerSpan);
    this.#worker = startWatch({ signs: this.#signs, seconds, interval, looksAtMost: beatsPerSpan + 1 });
    this.#heart = setInterval(() => this.#beat(), interval);
    this.#heart.unref();
    (globalThis as Record<symbol, unknown>)[whoRuns] = describeOwner;
  }

  /** Watch no longer. Stopping twice does nothing. */
  stop(): void {
    clearInterval(this.#heart);
    void this.#worker.terminate();
  }

  /** `stop()`, for `using`. */
  [Symbol.dispose](): void {
    this.stop();
  }

  #beat(): void {
    Atomics.add(this.#signs, 0, 1);
    Atomics.store(this.#signs, 1, hasDebugger() ? 1 : 0);
  }
}

function startWatch(data: Omit<WatchData, "isMainThread" | "whoRuns">): Worker {
  const threads = globalThis.process?.getBuiltinModule?.("node:worker_threads");
  if (threads === undefined)
    throw new RuntimeError("A watchdog needs the worker threads of Node, and there are none here");
  const { isMainThread, Worker } = threads;
  const expression = `globalThis[Symbol.for(${JSON.stringify(whoRuns.description)})]?.()`;
  const workerData: WatchData = { ...data, isMainThread, whoRuns: expression };
  // Flags of the process as `--input-type` would be for this program as well.
  const worker = new Worker(watchProgram, { eval: true, execArgv: [], workerData, name: "asyncio-ts watchdog" });
  worker.on("error", (error) => warn(`A watchdog has failed, and watches no longer: ${error}`, "RuntimeWarning"));
  worker.unref();
  return worker;
}

/** Whether a debugger can be attached: a thread that stands at a breakpoint is not to be resumed by anybody else. */
function hasDebugger(): boolean {
  return globalThis.process?.getBuiltinModule?.("node:inspector")?.url() !== undefined;
}

/** The task or the handle that is running. */
function describeOwner(): string | undefined {
  const owner = currentFrame()?.owner;
  return owner === null || owner === undefined ? undefined : String(owner);
}
