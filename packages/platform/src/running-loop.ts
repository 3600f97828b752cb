import { getRunningLoop as getRunningScheduler } from "@asyncio-ts/core";
import type { EventLoop } from "./event-loop.ts";

/**
 * The loop that is running here: that of the current task or callback, else the only one that runs in this thread.
 *
 * Typed as the loop that programs hold. If another implementation of a loop is running, it is that one all the same.
 *
 * @throws {RuntimeError} No loop is running, or several are and the caller belongs to none of them.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.get_running_loop}
 *
 * @example
 * await run(async () => getRunningLoop().isRunning()) // => true
 */
export function getRunningLoop(): EventLoop {
  return getRunningScheduler() as EventLoop;
}
