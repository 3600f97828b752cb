import type { Seconds } from "@asyncio-ts/core";
import type { Port } from "./threadsafe-protocol.ts";

/** What lies at a port, without the event loop; `undefined` if nothing does, or if that cannot be asked here. */
export function takeMessage(port: Port): { readonly message: unknown } | undefined {
  return threads()?.receiveMessageOnPort(port as never);
}

/** Whether ports can be read without the event loop, and so by a thread that blocks. */
export function canTakeMessages(): boolean {
  return threads() !== undefined;
}

/**
 * Whether the other end of `port` is gone, once all that lies at it was taken: for a thread that blocks, and so hears of no
 * event. Known on Node only: elsewhere a port does not hear of its other end while the thread blocks.
 *
 * A port cannot be transferred twice at once, so this does not move it. For which of its mistakes an attempt is refused
 * tells whether it still is a port.
 */
export function isOtherEndGone(port: Port): boolean {
  const { bun, deno } = globalThis.process?.versions ?? {};
  if (bun !== undefined || deno !== undefined) return false; // what is refused has closed the port on Deno
  try {
    structuredClone(null, { transfer: [port, port] as never });
    return false;
  } catch (error) {
    return String(error).includes("detached");
  }
}

/** The time, for a thread that blocks: it has no loop to ask. */
export function timeOfThread(): Seconds {
  return performance.now() / 1000;
}

/** The number of this thread, where threads have one. */
export function numberOfThread(): number | null {
  return threads()?.threadId ?? null;
}

function threads(): typeof import("node:worker_threads") | undefined {
  return globalThis.process?.getBuiltinModule?.("node:worker_threads");
}
