export { addAbortListener, removeAbortListener } from "./abort-listeners.ts";
export { allTasks } from "./all-tasks.ts";
export { cancelOnAbort, onAbort } from "./cancel-on-abort.ts";
export { CancelRequest } from "./cancel-request.ts";
export { cancellationOf } from "./cancellation-of.ts";
export {
  type Body,
  Coroutine,
  type CoroutineFunction,
  coroutine,
  coroutineOf,
  isCoroutine,
  WatchedCoroutine,
} from "./coroutine.ts";
export { createTask, getTaskFactory, setTaskFactory, type TaskFactory } from "./create-task.ts";
export { currentTask } from "./current-task.ts";
export { createEagerTaskFactory, eagerTaskFactory, type TaskConstructor } from "./eager-task.ts";
export { type Awaitable, ensureFuture, isFuture, type Startable } from "./ensure-future.ts";
export { CancelledError, InvalidStateError, TimeoutError } from "./errors.ts";
export { Future, type FutureOptions, type Outcome } from "./future.ts";
export { mustWait, Operation } from "./operation.ts";
export { signal } from "./signal.ts";
export { type SleepOptions, sleep } from "./sleep.ts";
export { type NativeAwaiter, Suspendable, type Then } from "./suspendable.ts";
export { FutureWait, type GeneratorBody, PromiseWait, type Steps, type Suspension } from "./suspension.ts";
export { Task, type TaskOptions, type Work } from "./task.ts";
export { reportUnretrieved } from "./unretrieved.ts";
export { checkLimits, type WaitLimits, waitWithin } from "./wait-limits.ts";
