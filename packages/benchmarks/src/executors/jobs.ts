/** What the pools run. One argument each, so that no pool has to wrap it; loaded by workers of every kind. */

/** A timer of the worker itself, in milliseconds. */
const period = 5;

let worst = 0;

export function increment(n: number): number {
  return n + 1;
}

export function fibonacci(n: number): number {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

/** Compute for so many milliseconds. */
export function busy(milliseconds: number): number {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
  return milliseconds;
}

export function sizeOf(bytes: Uint8Array | ArrayBuffer): number {
  return bytes.byteLength;
}

/** Start a timer of this worker, and note from now on how late it is. */
export function startTicking(first: number): number {
  worst = 0;
  tick(performance.now() + period);
  return first;
}

/** How late the timer was at worst, in milliseconds, once `startTicking` was called. */
export function worstLateness(): number {
  return worst;
}

function tick(due: number): void {
  setTimeout(() => {
    const now = performance.now();
    worst = Math.max(worst, now - due);
    tick(now + period);
  }, period).unref();
}
