import { followsAwait, RuntimeError } from "@asyncio-ts/contextvars";
import { currentTask } from "./current-task.ts";

/**
 * An `AbortSignal` that the next cancellation of the current task aborts, with the `CancelledError` as its reason.
 *
 * A foreign promise that is awaited cannot be interrupted; what made it can be asked to stop, if it takes a signal.
 * A cancellation that a signal has delivered is not thrown again at the next await. Ask for a new signal at each use.
 * Only a signal that `AbortSignal.any()` has made of it cannot tell that it has delivered: then it is thrown once more.
 *
 * @throws {RuntimeError} There is no current task.
 *
 * @example
 * const response = await fetch("data:,hello", { signal: signal() });
 * await response.text() // => "hello"
 */
export function signal(): AbortSignal {
  const task = currentTask();
  if (task === null) throw new RuntimeError(`signal() needs a current task; ${reason}`);
  return task.abortSignal();
}

const reason = followsAwait
  ? "a plain callback has none"
  : "without AsyncLocalStorage an async function has none after its first await, use a generator";
