import type { Port } from "./threadsafe-protocol.ts";

/** What lies at a port, without the event loop; `undefined` if nothing does, or if that cannot be asked here. */
export function takeMessage(port: Port): { readonly message: unknown } | undefined {
  return threads()?.receiveMessageOnPort(port as never);
}

/** Whether ports can be read without the event loop, and so by a thread that blocks. */
export function canTakeMessages(): boolean {
  return threads() !== undefined;
}

/** The number of this thread, where threads have one. */
export function numberOfThread(): number | null {
  return threads()?.threadId ?? null;
}

function threads(): typeof import("node:worker_threads") | undefined {
  return globalThis.process?.getBuiltinModule?.("node:worker_threads");
}
