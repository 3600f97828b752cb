import { RuntimeError, show } from "@asyncio-ts/contextvars";
import { perLoop, type Scheduler, type Seconds, warn } from "@asyncio-ts/core";
import { type Coroutine, coroutine, Future, waitWithin } from "@asyncio-ts/tasks";
import { ThreadPoolExecutor } from "#pools";
import type { Executor } from "./executor.ts";

/** What is known of the default executor of a loop. */
interface DefaultExecutor {
  executor: ThreadPoolExecutor | null;
  isShut: boolean;
}

const defaults = perLoop<DefaultExecutor>((loop) => {
  const state: DefaultExecutor = { executor: null, isShut: false };
  loop.onClose(() => {
    state.isShut = true;
    void state.executor?.shutdown({ wait: false });
  });
  return state;
});

/**
 * The executor that `runInExecutor` and `toThread` use where none is named; made when it is first needed.
 *
 * @throws {RuntimeError} It was shut down.
 */
export function defaultExecutor(loop: Scheduler): ThreadPoolExecutor {
  const state = defaults(loop);
  if (state.isShut) throw new RuntimeError("Executor shutdown has been called");
  state.executor ??= new ThreadPoolExecutor({ name: "asyncio" });
  return state.executor;
}

/**
 * Have `executor` run what is given to the default executor of `loop`.
 *
 * @throws {TypeError} `executor` is not a `ThreadPoolExecutor`.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.set_default_executor}
 *
 * @example
 * setDefaultExecutor(loop, new ThreadPoolExecutor({ maxWorkers: 2 }));
 */
export function setDefaultExecutor(loop: Scheduler, executor: Executor): void {
  if (!(executor instanceof ThreadPoolExecutor)) {
    throw new TypeError(`The default executor is a ThreadPoolExecutor, not ${show(executor)}`);
  }
  defaults(loop).executor = executor;
}

/**
 * Shut down the default executor of `loop`, and wait until its jobs and its threads have ended.
 *
 * From then on `runInExecutor` without an executor is refused. `run()` does this at its end.
 *
 * @param timeout - In seconds; once they have passed, a `RuntimeWarning` is given, and the threads are left to end by
 * themselves.
 *
 * ## Cancellation
 * Safe: the shutdown goes on.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.shutdown_default_executor}
 *
 * @example
 * await shutdownDefaultExecutor(loop, 5);
 */
export function shutdownDefaultExecutor(loop: Scheduler, timeout: Seconds | null = null): Coroutine<void> {
  return shutDown(loop, timeout);
}

const shutDown = coroutine(function* shutdownDefaultExecutor(loop: Scheduler, timeout: Seconds | null) {
  const state = defaults(loop);
  state.isShut = true;
  const { executor } = state;
  if (executor === null) return;
  const ended = new Future<void>({ loop });
  void executor.shutdown().then(() => {
    if (!ended.done() && !loop.isClosed()) ended.setResult();
  });
  try {
    yield* waitWithin("shutdownDefaultExecutor", ended, { timeout });
  } catch (error) {
    if (!isTimeout(error)) throw error;
    warn(`The executor did not finish joining its threads within ${timeout} seconds.`, "RuntimeWarning");
  }
});

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === "TimeoutError";
}
