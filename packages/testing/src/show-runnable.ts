import type { Runnable } from "@asyncio-ts/core";

/** The text of a runnable; of one that has none, its class. */
export function showRunnable(runnable: Runnable): string {
  const shown = String(runnable);
  return shown === "[object Object]" ? `<${runnable.constructor.name}>` : shown;
}
