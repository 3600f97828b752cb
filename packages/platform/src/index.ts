export { DeadlockError } from "./errors.ts";
export { EventLoop } from "./event-loop.ts";
