import { captureStack, warn } from "@asyncio-ts/core";
import type { EventLoop } from "./event-loop.ts";

const dropped = new FinalizationRegistry<string | undefined>(report);

/** Warn if `loop` is dropped without having been closed. */
export function watchUnclosed(loop: EventLoop): void {
  forgetUnclosed(loop);
  dropped.register(loop, captureStack(), loop);
}

/** `loop` is closed, or not to be watched any more. */
export function forgetUnclosed(loop: EventLoop): void {
  dropped.unregister(loop);
}

function report(watchedAt: string | undefined): void {
  const origin = watchedAt === undefined ? "" : `, made or put into debug mode at:\n${watchedAt}`;
  warn(`unclosed event loop${origin}`, "ResourceWarning");
}
