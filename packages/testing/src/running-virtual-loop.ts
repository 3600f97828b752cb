import { RuntimeError } from "@asyncio-ts/contextvars";
import { runningLoop } from "@asyncio-ts/core";
import { VirtualEventLoop } from "./virtual-event-loop.ts";

/**
 * The loop of the test that is running here.
 *
 * @throws {RuntimeError} None is.
 */
export function runningVirtualLoop(caller: string): VirtualEventLoop {
  const loop = runningLoop();
  if (loop instanceof VirtualEventLoop) return loop;
  throw new RuntimeError(`${caller} works in virtual time only, inside runTest(), virtual() or explore()`);
}
