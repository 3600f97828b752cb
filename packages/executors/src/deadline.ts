import type { Seconds } from "@asyncio-ts/core";

/** Longer timers overflow in Node, and fire at once. */
const longest = 2 ** 31 - 1;

/** Call `callback` after `delay`, or never if that is infinite. Answers how to call it off. */
export function after(delay: Seconds, callback: () => void): () => void {
  if (delay === Number.POSITIVE_INFINITY) return () => {};
  const timer = setTimeout(callback, Math.min(delay * 1_000, longest));
  return () => clearTimeout(timer);
}
