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
 * event. False where that cannot be told, as on Bun.
 *
 * A port cannot be transferred twice at once, so this never moves it. Which of its mistakes an attempt is refused for
 * tells whether the port still is one.
 */
export function isOtherEndGone(port: Port): boolean {
  try {
    structuredClone(null, { transfer: [port, port] as never });
    return false;
  } catch (error) {
    return /detached|disentangled/.test(String(error));
  }
}

/** The number of this thread, where threads have one. */
export function numberOfThread(): number | null {
  return threads()?.threadId ?? null;
}

function threads(): typeof import("node:worker_threads") | undefined {
  return globalThis.process?.getBuiltinModule?.("node:worker_threads");
}
