import { RuntimeError } from "@asyncio-ts/contextvars";
import {
  addAbortListener,
  type CancelledError,
  type CancelRequest,
  type Coroutine,
  cancellationOf,
  currentTask,
  type GeneratorBody,
  removeAbortListener,
  type Task,
} from "@asyncio-ts/tasks";
import { closeUnrun } from "./awaitables.ts";

/**
 * A part of the current task that can be interrupted without cancelling the task.
 *
 * An interruption is a cancellation that is taken back when the part is left. In between, somebody else may ask for the
 * cancellation of the task as well. So what counts is not whether any request is left, but whether there are more than on
 * entry: the part may belong to the cleanup of a task that was cancelled long before.
 */
export class CancelScope {
  readonly #task: Task<unknown>;
  /** How many cancellations of the task were requested before it was entered: they are not its business. */
  readonly #requestsBefore: number;
  #request: CancelRequest | null = null;
  #isLeft = false;

  /**
   * @param caller - The name of the function that is interrupted, for the message.
   * @throws {RuntimeError} There is no current task.
   */
  constructor(caller: string) {
    const task = currentTask();
    if (task === null) throw new RuntimeError(`${caller}() needs a current task; a plain callback has none`);
    this.#task = task;
    this.#requestsBefore = task.cancelling();
  }

  /** Cancel what the task does in the scope; once, and not after it was left. */
  interrupt(message?: unknown): void {
    if (this.#request !== null || this.#isLeft) return;
    this.#request = this.#task.requestCancel(message);
  }

  /**
   * Leave the scope, and take the interruption back.
   *
   * @param error - What was thrown in the scope, if anything was.
   * @returns The `CancelledError` that `error` is, if it is the interruption and nothing else: the task itself is then not
   * to be cancelled. Else `null`.
   */
  leave(error?: unknown): CancelledError | null {
    const request = this.#isLeft ? null : this.#request;
    this.#isLeft = true;
    if (request === null) return null;
    const cancellation = cancellationOf(error, this.#task.cancelling());
    request.withdraw();
    return this.isCancelled() ? null : cancellation;
  }

  /** Once it was left: whether somebody else has asked for the cancellation of the task. */
  isCancelled(): boolean {
    return this.#task.cancelling() > this.#requestsBefore;
  }
}

/**
 * Take `steps` in the current task, but no longer than until `signal` is aborted.
 *
 * They are then cancelled, and the reason of the signal takes the place of their `CancelledError`. An error of their own
 * wins over it, and so does a cancellation of the task; and if they end well all the same, their value counts. Steps
 * that have not begun when the signal is aborted never do. Nothing stays on the signal.
 *
 * @param caller - The name of the function that takes them, for messages.
 */
export function abortable<T>(
  caller: string,
  signal: AbortSignal | undefined,
  steps: Coroutine<T> | GeneratorBody<T>,
): Coroutine<T> | GeneratorBody<T> {
  return signal === undefined ? steps : untilAborted(caller, signal, steps);
}

function* untilAborted<T>(
  caller: string,
  signal: AbortSignal,
  steps: Coroutine<T> | GeneratorBody<T>,
): GeneratorBody<T> {
  if (signal.aborted) {
    closeUnrun([steps]);
    throw signal.reason;
  }
  const scope = new CancelScope(caller);
  const interrupt = (): void => scope.interrupt(signal.reason);
  addAbortListener(signal, interrupt);
  try {
    return yield* steps;
  } catch (error) {
    throw scope.leave(error) === null ? error : signal.reason;
  } finally {
    scope.leave();
    removeAbortListener(signal, interrupt);
  }
}
