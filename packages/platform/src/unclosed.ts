import { captureStack, warn } from "@asyncio-ts/core";
import { reportUnretrieved } from "@asyncio-ts/tasks";
import type { EventLoop } from "./event-loop.ts";

const dropped = new FinalizationRegistry<string | undefined>(report);

/** Where each loop was made or put into debug mode, of those in debug mode. */
const watchedAt = new WeakMap<EventLoop, string | undefined>();

/** The loops that are not closed, in the order in which they were made; those that are gone are swept out at times. */
let open: WeakRef<EventLoop>[] = [];
let openAtMost = 64;
let isListening = false;

/**
 * Report what `loop` still holds if the process exits before it was closed.
 *
 * A loop that runs then was left by `process.exit()` or by an error that ends the process: its tasks have no time to end, so
 * only the errors that nobody has read are reported. See `EndWatch` for tasks that nothing can wake.
 */
export function watchExit(loop: EventLoop): void {
  if (open.length >= openAtMost) sweep();
  open.push(new WeakRef(loop));
  if (isListening || typeof globalThis.process?.on !== "function") return;
  isListening = true;
  process.on("exit", reportAll);
  if ("Deno" in globalThis) process.on("uncaughtExceptionMonitor", reportRunning);
}

/** Warn if `loop` is dropped without having been closed, or not closed when the process exits. */
export function watchUnclosed(loop: EventLoop): void {
  forgetUnclosed(loop);
  const site = captureStack();
  watchedAt.set(loop, site);
  dropped.register(loop, site, loop);
}

/** `loop` is closed, or not to be watched any more. */
export function forgetUnclosed(loop: EventLoop): void {
  dropped.unregister(loop);
  watchedAt.delete(loop);
}

function report(site: string | undefined): void {
  warn(complaint(site), "ResourceWarning");
}

function complaint(site: string | undefined): string {
  const origin = site === undefined ? "" : `, made or put into debug mode at:\n${site}`;
  return `unclosed event loop${origin}`;
}

function sweep(): void {
  open = open.filter((each) => each.deref()?.isClosed() === false);
  openAtMost = Math.max(64, open.length * 2);
}

/** Nobody else would report it now. */
function reportAll(): void {
  for (const each of open) {
    const loop = each.deref();
    if (loop === undefined || loop.isClosed()) continue;
    if (loop.isRunning()) reportUnretrieved(loop);
    else closeUnclosed(loop);
  }
}

/** Deno does not tell of its exit if an error ends it, but of the error; somebody may handle that. */
function reportRunning(): void {
  if (process.listenerCount("uncaughtException") > 0) return;
  for (const each of open) {
    const loop = each.deref();
    if (loop?.isRunning()) reportUnretrieved(loop);
  }
}

/** The close of a loop reports its pending tasks and the errors that nobody has read. */
function closeUnclosed(loop: EventLoop): void {
  // A warning of the process would be printed in a tick, and there is none any more.
  if (watchedAt.has(loop)) console.error(`ResourceWarning: ${complaint(watchedAt.get(loop))}`);
  loop.close();
}
