export { BlockingHost } from "./blocking-host.ts";
export { BunHost } from "./bun-host.ts";
export { DenoHost } from "./deno-host.ts";
export { DeadlockError, KeyboardInterrupt } from "./errors.ts";
export { EventLoop } from "./event-loop.ts";
export { type Installation, type InstallOptions, install } from "./install.ts";
export type { InterruptOptions, InterruptSignal } from "./interrupts.ts";
export type { MainWork } from "./main-work.ts";
export { NodeHost } from "./node-host.ts";
export { Watchdog } from "./node-watchdog.ts";
export {
  BunEventLoopPolicy,
  DenoEventLoopPolicy,
  NodeEventLoopPolicy,
  WebEventLoopPolicy,
  WindowsProactorEventLoopPolicy,
  WindowsSelectorEventLoopPolicy,
} from "./platform-policies.ts";
export {
  DefaultEventLoopPolicy,
  type EventLoopPolicy,
  getEventLoop,
  getEventLoopPolicy,
  newEventLoop,
  setEventLoop,
  setEventLoopPolicy,
} from "./policy.ts";
export { attachLoop, RemoteLoop } from "./remote-loop.ts";
export { type RunOptions, run } from "./run.ts";
export { type RunSyncOptions, runSync } from "./run-sync.ts";
export { Runner, type RunnerOptions, type RunnerRunOptions } from "./runner.ts";
export { getRunningLoop } from "./running-loop.ts";
export { ThreadsafeFuture } from "./threadsafe-future.ts";
export type { Services, ThreadsafeHandle } from "./threadsafe-handle.ts";
export { WebHost } from "./web-host.ts";
