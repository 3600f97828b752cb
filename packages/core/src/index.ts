export {
  BaseEventLoop,
  type EventLoopOptions,
  type ExceptionHandler,
  type LoopStatistics,
} from "./base-event-loop.ts";
export { captureStack, debugByDefault } from "./debug.ts";
export { type ExceptionContext, printException } from "./exception-handler.ts";
export { Handle } from "./handle.ts";
export type { Cancellable, Host, Seconds } from "./host.ts";
export { nameOf } from "./name-of.ts";
export { perLoop } from "./per-loop.ts";
export { getRunningLoop, loopOfFlow, runningLoop } from "./running-loop.ts";
export type { Runnable, ScheduleOptions, Scheduler } from "./scheduler.ts";
export { showAsString } from "./show-as-string.ts";
export { TimerHandle } from "./timer-handle.ts";
export { warn } from "./warn.ts";
