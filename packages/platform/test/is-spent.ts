import type { Coroutine } from "@asyncio-ts/tasks";

/** Whether a coroutine cannot begin any more: it has run, or was closed. Begins one that can. */
export function isSpent(coroutine: Coroutine<unknown>): boolean {
  try {
    coroutine[Symbol.iterator]();
    return false;
  } catch {
    return true;
  }
}
