import { type Coroutine, coroutine, Future } from "@asyncio-ts/tasks";
import { runningVirtualLoop } from "./running-virtual-loop.ts";
import type { VirtualEventLoop } from "./virtual-event-loop.ts";

/**
 * Wait until nothing can go on by itself any more: every other task waits for time to pass, for this one, or for ever.
 *
 * No time passes. It takes the place of a number of `sleep(0)`, which is right for one order of things only. Several may
 * wait at once, and go on together.
 *
 * ## Cancellation
 * Safe.
 *
 * @throws {RuntimeError} Called outside of the virtual time of a test.
 *
 * @see {@link https://trio.readthedocs.io/en/stable/reference-testing.html#trio.testing.wait_all_tasks_blocked}
 *
 * @example
 * await runTest(async () => {
 *   const log: string[] = [];
 *   const worker = createTask(async () => {
 *     for (let i = 0; i < 5; i++) await sleep(0);
 *     log.push("ready");
 *     await sleep(60);
 *   });
 *   await waitAllTasksBlocked();
 *   log // => ["ready"]
 *   worker.cancel();
 * });
 */
export function waitAllTasksBlocked(): Coroutine<void> {
  return waitUntilAsleep(runningVirtualLoop("waitAllTasksBlocked()"));
}

const waitUntilAsleep = coroutine(function* waitAllTasksBlocked(loop: VirtualEventLoop) {
  const blocked = new Future<void>({ loop });
  loop.host.whenAsleep(() => {
    if (!blocked.done()) blocked.setResult();
  });
  yield* blocked;
});
