import { type Context, copyContext, RuntimeError, show } from "@asyncio-ts/contextvars";
import { loopOfFlow } from "@asyncio-ts/core";
import type { Task } from "@asyncio-ts/tasks";
import { EventLoop } from "./event-loop.ts";
import { checkInterruptOptions, InterruptibleRun, type InterruptOptions } from "./interrupts.ts";
import { checkRun, closeUnused, type MainWork, toWork } from "./main-work.ts";
import { newEventLoop, setEventLoop } from "./policy.ts";
import { cancelAllTasks } from "./shutdown.ts";

/** So long threads of the default executor may take to end, as in CPython, in seconds. */
const threadJoinTimeout = 300;

/** Settings of a `Runner`. */
export interface RunnerOptions extends InterruptOptions {
  /** Debug mode of the loop; by default as the loop is made. */
  readonly debug?: boolean | undefined;
  /** Makes the loop; by default the policy does, and the loop becomes the current one of the thread. */
  readonly loopFactory?: (() => EventLoop) | undefined;
}

/** Settings of one run of a `Runner`. */
export interface RunnerRunOptions {
  /** The context of the main task; by default the one that all runs of the runner share. */
  readonly context?: Context | undefined;
  /** Cancels the main task when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

/**
 *  state          loop and context     left by
 *  created        not made yet         the first run() or getLoop()
 *  initialized    one of each          close()
 *  closed         the loop is closed   nothing
 */
type State =
  | { readonly kind: "created" }
  | { readonly kind: "initialized"; readonly loop: EventLoop; readonly context: Context }
  | { readonly kind: "closed"; readonly shutdown: Promise<void> };

/**
 * Runs one main task after another on a loop of its own, in one context.
 *
 * The loop and the context are made when they are first needed. What a run sets in context variables the next one sees.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-runner.html#asyncio.Runner}
 *
 * @example
 * await using runner = new Runner();
 * await runner.run(async () => "one") // => "one"
 * await runner.run(sleep(0.01, "two")) // => "two"
 */
export class Runner implements AsyncDisposable {
  readonly #debug: boolean | undefined;
  readonly #loopFactory: (() => EventLoop) | undefined;
  readonly #interruptOptions: InterruptOptions;
  #state: State = { kind: "created" };
  #lastRun: InterruptibleRun | null = null;

  /** @throws {TypeError} An option is of the wrong type. @throws {RangeError} `gracePeriod` is no span of time. */
  constructor(options: RunnerOptions = {}) {
    const { debug, loopFactory } = options;
    if (debug !== undefined && typeof debug !== "boolean") {
      throw new TypeError(`The option debug is a boolean, not ${show(debug)}`);
    }
    if (loopFactory !== undefined && typeof loopFactory !== "function") {
      throw new TypeError(`The option loopFactory is a function, not ${show(loopFactory)}`);
    }
    checkInterruptOptions(options);
    this.#interruptOptions = options;
    this.#debug = debug;
    this.#loopFactory = loopFactory;
  }

  /**
   * The loop of the runner.
   *
   * @throws {RuntimeError} The runner is closed.
   */
  getLoop(): EventLoop {
    return this.#initialize().loop;
  }

  /**
   * Run `work` as the main task, and answer its result. Tasks that it leaves behind stay on the loop.
   *
   * Whatever goes wrong rejects the promise; a coroutine that was refused is closed.
   *
   * @param work - A function that makes the work, called on the loop; a coroutine, a generator, or a future. Not a
   *   promise: `run(main)`, not `run(main())` for an `async` function.
   *
   * ## Cancellation
   * The abort of `options.signal`, or the first SIGINT, cancels the main task once; the run lasts until that has cleaned
   * up. If it ends cancelled by SIGINT alone, the run rejects with `KeyboardInterrupt`, and `process.exitCode` becomes 130
   * unless it was set. A second SIGINT exits with 130 at once, and so does the end of `gracePeriod`. With SIGTERM in
   * `interruptedBy` it is the same, with 143. Where the program listens to a signal already when the run begins, the runner
   * leaves that alone.
   *
   * @throws {RuntimeError} Called inside a running loop, or while the runner runs, or after it was closed.
   * @throws {TypeError} `work` cannot be awaited, or an option is of the wrong type.
   * @throws {DeadlockError} The main task waits for something that can never happen.
   * @throws {KeyboardInterrupt} The main task was cancelled by SIGINT.
   * @throws What `work` throws.
   */
  async run<T>(work: MainWork<T>, options: RunnerRunOptions = {}): Promise<T> {
    const [loop, main] = this.#createMain(work, options);
    const interruptible = new InterruptibleRun(main, this.#interruptOptions);
    this.#lastRun?.forgive();
    this.#lastRun = interruptible;
    interruptible.begin();
    try {
      return await loop.runUntilComplete(main);
    } catch (error) {
      throw interruptible.failureFor(error);
    } finally {
      interruptible.end();
    }
  }

  /**
   * Cancel the tasks that are left, wait for them and for the default executor, and close the loop. Closing twice does nothing.
   *
   * An error that a task ends with is reported to the exception handler of the loop.
   *
   * ## Cancellation
   * The shutdown cannot be cancelled: it lasts as long as the slowest task takes to clean up.
   *
   * @throws {RuntimeError} The runner is running, or the caller is inside a running loop.
   * @throws {DeadlockError} A task refuses to end and waits for something that can never happen; the loop is closed then,
   * too.
   */
  async close(): Promise<void> {
    if (this.#state.kind === "created") return;
    if (this.#state.kind === "initialized") {
      const { loop } = this.#state;
      if (loop.isRunning()) throw new RuntimeError("Cannot close a runner that is running");
      if (loopOfFlow() !== null) throw new RuntimeError("Cannot close a runner from a running event loop");
      this.#state = { kind: "closed", shutdown: this.#shutDown(loop) };
    }
    await this.#state.shutdown;
  }

  /** `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #initialize(): Extract<State, { kind: "initialized" }> {
    if (this.#state.kind === "initialized") return this.#state;
    if (this.#state.kind === "closed") throw new RuntimeError("Runner is closed");
    const loop = this.#makeLoop();
    if (this.#debug !== undefined) loop.setDebug(this.#debug);
    this.#state = { kind: "initialized", loop, context: copyContext() };
    return this.#state;
  }

  #makeLoop(): EventLoop {
    if (this.#loopFactory === undefined) {
      const loop = newEventLoop();
      setEventLoop(loop);
      return loop;
    }
    const loop: unknown = this.#loopFactory();
    if (loop instanceof EventLoop) return loop;
    throw new TypeError(`The loopFactory of a runner makes an event loop, but it returned ${show(loop)}`);
  }

  #createMain<T>(work: MainWork<T>, options: RunnerRunOptions): [EventLoop, Task<T>] {
    try {
      checkRun("Runner.run()", work, options);
      const { loop, context } = this.#initialize();
      if (loop.isRunning()) throw new RuntimeError("Runner.run() cannot be called while the runner is running");
      const main = loop.createTask(toWork(work, loop), { context: options.context ?? context, signal: options.signal });
      return [loop, main];
    } catch (error) {
      closeUnused(work);
      throw error;
    }
  }

  async #shutDown(loop: EventLoop): Promise<void> {
    try {
      await cancelAllTasks(loop);
      if (!loop.isClosed()) await loop.runUntilComplete(loop.shutdownDefaultExecutor(threadJoinTimeout));
    } finally {
      if (this.#loopFactory === undefined) setEventLoop(null);
      loop.close();
    }
  }
}
